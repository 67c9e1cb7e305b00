using Rag.Inference;
using Rag.Web.Accounts;
using Rag.Web.Composition;
using Rag.Web.Data;
using Rag.Web.Shell;

try
{
    // The program's own folder, not the current one: `dotnet run`, `dotnet Rag.Web.dll` and a service must all find the same files.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = SetupLinkPrinter.Spell(args), ContentRootPath = AppContext.BaseDirectory });
    builder.AddDocentWeb();
    builder.AddDocentParts();

    await using var app = builder.Build();
    app.MapDocentWeb();
    await app.RunAsync();
    return 0;
}
catch (StartRefusedException refusal)
{
    StartRefusedException.Report(refusal);
    return 1;
}
catch (InferenceException wrong)
{
    StartRefusedException.Report(new StartRefusedException(wrong.Message, wrong));   // a provider that was demanded and is missing
    return 1;
}
