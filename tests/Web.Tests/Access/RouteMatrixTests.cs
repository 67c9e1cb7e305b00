using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using Rag.Web.Shell;
using Rag.Web.Tests.Hosting;

namespace Rag.Web.Tests.Access;

/// <summary>Every route × {owner, other user, guest, anonymous}: what is not yours answers as what does not exist, byte for byte.</summary>
public sealed partial class RouteMatrixTests(MatrixServer matrix) : IClassFixture<MatrixServer>
{
    public static TheoryData<string> Rows => [.. RouteRows.All.Select(row => row.ToString())];

    public static TheoryData<string> ApiWrites => [.. RouteRows.All.Where(row => row.Writes && (row.IsApi || row.Pattern == "/sign-out")).Select(row => row.ToString())];

    [Fact]
    public void Route_OfTheServer_HasARow()
    {
        var routes = matrix.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Where(method => method is not ("HEAD" or "OPTIONS" or "CONNECT"))
                .Select(method => $"{method} {Pattern(endpoint)}"))
            .ToHashSet();
        var rows = RouteRows.All.Select(row => row.ToString()).ToHashSet();

        Assert.Equal([], routes.Except(rows).Order());
        Assert.Equal([], rows.Except(routes).Order());
    }

    [Fact]
    public void StaticFile_IsForAnyoneAndReadOnly() =>
        Assert.All(
            matrix.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null),
            endpoint =>
            {
                Assert.NotNull(endpoint.Metadata.GetMetadata<IAllowAnonymous>());
                Assert.Equal(["GET", "HEAD"], endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Order());
            });

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Owner_GetsWhatExists(string name)
    {
        var row = Row(name);
        var ids = await matrix.Household.MakeAsync(matrix.OwnerId, null);

        var browser = row.EndsTheSession ? await matrix.Server.SignedInAsync(DocentServer.OwnerName) : matrix.Owner;
        var reply = await MatrixServer.SendAsync(browser, row, ids);

        Assert.Equal(row.EndsTheSession, reply.AsksForSignIn);
        if (row.Need is Need.Manage or Need.Chat or Need.OwnChat)
        {
            Assert.NotEqual(404, reply.Status);
        }

        Assert.True(reply.Status < 500, reply.Body);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task OtherUser_ForeignIds_GetTheReplyOfMissingOnes(string name)
    {
        var row = Row(name);
        if (row.Need is Need.Administrator)
        {
            Assert.Equal(404, (await MatrixServer.SendAsync(matrix.Other, row, RouteIds.Missing())).Status);
        }

        if (row.Need is not (Need.Manage or Need.Chat or Need.OwnChat))
        {
            return;
        }

        var foreign = await MatrixServer.SendAsync(matrix.Other, row, await matrix.Household.MakeAsync(matrix.OwnerId, null));
        var missing = await MatrixServer.SendAsync(matrix.Other, row, RouteIds.Missing());

        Assert.Equal(404, missing.Status);
        Assert.Equal(missing, foreign);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task OtherUser_ForeignIdsBelowAnOwnAssistant_GetTheReplyOfMissingOnes(string name)
    {
        var row = Row(name);
        if (!(row.Pattern.Contains("{document}", StringComparison.Ordinal) || row.Pattern.Contains("{link}", StringComparison.Ordinal)
            || row.Pattern.Contains("{test}", StringComparison.Ordinal)
            || row.Pattern.Contains("{assistant}/{conversation}", StringComparison.Ordinal)))
        {
            return;
        }

        var own = await matrix.Household.MakeAsync(matrix.OtherId, null);
        var theirs = await matrix.Household.MakeAsync(matrix.OwnerId, null);
        var foreign = await MatrixServer.SendAsync(matrix.Other, row, theirs with { Assistant = own.Assistant });
        var missing = await MatrixServer.SendAsync(matrix.Other, row, RouteIds.Missing() with { Assistant = own.Assistant });

        Assert.Equal(404, missing.Status);
        Assert.Equal(missing, foreign);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Anonymous_IsAskedToSignInWhetherTheIdExistsOrNot(string name)
    {
        var row = Row(name);
        using var anonymous = matrix.Server.OpenBrowser();   // a new one each time: a share link would make a guest of it
        var existing = await MatrixServer.SendAsync(anonymous, row, await matrix.Household.MakeAsync(matrix.OwnerId, null));
        if (row.Need == Need.Anyone)
        {
            Assert.False(existing.AsksForSignIn);
            return;
        }

        var missing = await MatrixServer.SendAsync(anonymous, row, RouteIds.Missing());

        Assert.True(existing.AsksForSignIn, existing.Headers);
        Assert.Equal(missing, existing);
        Assert.Equal(row.IsApi ? 401 : existing.Status, existing.Status);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Guest_ReachesTheChatOfItsLinkAndNothingElse(string name)
    {
        var row = Row(name);
        var admitted = await matrix.Household.MakeAsync(matrix.OwnerId, matrix.GuestId);
        var reply = await MatrixServer.SendAsync(matrix.Guest, row, admitted);
        var missing = await MatrixServer.SendAsync(matrix.Guest, row, RouteIds.Missing());
        switch (row.Need)
        {
            case Need.SignedIn or Need.Administrator or Need.Manage:
                Assert.True(reply.AsksForSignIn, reply.Headers);
                Assert.Equal(missing, reply);
                break;
            case Need.Chat or Need.OwnChat:
                // The uploaded file itself stays the owner's: a guest sees cited pages only.
                Assert.Equal(row.Pattern.EndsWith("/original", StringComparison.Ordinal), reply.Status == 404);
                Assert.Equal(404, missing.Status);
                Assert.Equal(missing, await MatrixServer.SendAsync(matrix.Guest, row, await matrix.Household.MakeAsync(matrix.OwnerId, null)));
                break;
            default:
                Assert.False(reply.AsksForSignIn);
                break;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Owner_DoesNotReachGuestsChats(string name)
    {
        var row = Row(name);
        if (row.Need != Need.OwnChat)
        {
            return;
        }

        var guests = await matrix.Household.MakeAsync(matrix.OwnerId, matrix.GuestId);
        var foreign = await MatrixServer.SendAsync(matrix.Owner, row, guests);
        var missing = await MatrixServer.SendAsync(matrix.Owner, row, RouteIds.Missing() with { Assistant = guests.Assistant });

        Assert.Equal(404, missing.Status);
        Assert.Equal(missing, foreign);
    }

    [Theory]
    [MemberData(nameof(ApiWrites))]
    public async Task Write_WithoutAntiforgeryToken_IsRefused(string name)
    {
        var row = Row(name);
        var ids = await matrix.Household.MakeAsync(matrix.OwnerId, null);

        Assert.Equal(400, (await MatrixServer.SendAsync(matrix.Owner, row, ids, token: false)).Status);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Answer_CarriesTheSecurityHeaders(string name)
    {
        var row = Row(name);
        if (row.Method != "GET")
        {
            return;
        }

        var reply = await MatrixServer.SendAsync(matrix.Owner, row, await matrix.Household.MakeAsync(matrix.OwnerId, null));
        var headers = reply.Headers.Split('\n');

        Assert.Contains($"Content-Security-Policy: {SecurityHeaders.ContentSecurityPolicy}", headers);
        Assert.Contains("X-Content-Type-Options: nosniff", headers);
        Assert.Contains("Referrer-Policy: no-referrer", headers);
        Assert.Contains(headers, header => header.StartsWith("Cache-Control:", StringComparison.Ordinal) && header.Contains("no-store", StringComparison.Ordinal));
        Assert.DoesNotMatch(InlineScript(), reply.Body);
    }

    private static RouteRow Row(string name) => RouteRows.All.Single(row => row.ToString() == name);

    /// <summary>The route's pattern without constraints and without a slash at its end.</summary>
    private static string Pattern(RouteEndpoint endpoint) =>
        "/" + Constraint().Replace(endpoint.RoutePattern.RawText!.Trim('/'), "{$1}");

    [GeneratedRegex(@"\{([*\w]+):[^}]+\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"<script(?![^>]*\bsrc=)|\son\w+\s*=|style\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex InlineScript();
}
