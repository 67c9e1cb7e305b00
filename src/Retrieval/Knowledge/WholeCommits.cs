using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Rag.Retrieval.Knowledge;

/// <summary>
/// A commit is not given up. By then everything is written and only the decision is left: a caller who goes away at that very moment would undo it all, and EF Core
/// would log an error though nothing is wrong. Contexts that use this make no savepoints: nobody goes on in a transaction after a save that failed, and a savepoint
/// that is given up is logged as an error too.
/// </summary>
public sealed class WholeCommits : DbTransactionInterceptor
{
    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await transaction.CommitAsync(CancellationToken.None);
        return InterceptionResult.Suppress();
    }
}
