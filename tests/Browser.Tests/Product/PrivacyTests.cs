using System.Text;
using Rag.Testing;

namespace Rag.Browser.Tests.Product;

/// <summary>"Nothing leaves this machine" holds for the libraries too.</summary>
public sealed class PrivacyTests
{
    /// <summary>ONNX Runtime's reporter keeps a device id and a cache of events under the user's home: where there is none, it never started.</summary>
    [Fact]
    public async Task Server_ThatEmbedsAndAnswers_LeavesNoTraceOfTelemetry()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        using var home = new TemporaryFolder();
        var switches = new Dictionary<string, string> { ["HOME"] = home.Path, ["XDG_CACHE_HOME"] = "", ["CI"] = "", ["ORT_DISABLE_TELEMETRY"] = "" };
        await using (var server = await DocentServer.StartAsync(folder.Path, switches))
        {
            using var owner = await DocentClient.SetUpAsync(server);
            var assistant = await owner.CreateAssistantAsync("Garden");
            await owner.UploadAsync(assistant, "garden.txt", Encoding.UTF8.GetBytes("The rose garden opens at nine o'clock on Sundays.\n"));
            await owner.WaitUntilFinalAsync(assistant, TimeSpan.FromMinutes(1), cancel);
            var words = "";
            await owner.AskAsync(assistant, "When does the rose garden open on Sundays?", (name, data) => words += name == "text" ? data.GetProperty("text").GetString() : "", cancel);
            Assert.NotEmpty(words);
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(home.Path, "*", SearchOption.AllDirectories), file => file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase));
    }
}
