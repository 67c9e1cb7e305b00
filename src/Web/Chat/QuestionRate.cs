using Microsoft.Extensions.Options;
using Rag.Web.Access;

namespace Rag.Web.Chat;

/// <summary>
/// Questions in the last minute, by user, by guest and by link. Kept in the service layer, where pages and endpoints meet: limits on HTTP
/// requests do not see what a circuit sends.
/// </summary>
internal sealed class QuestionRate(IOptions<AnswerOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, Queue<long>> asked = [];
    private readonly Lock gate = new();

    /// <summary>Counts one question. Null: go on; else how long to wait, and nothing was counted.</summary>
    public TimeSpan? Take(AssistantGrant grant, string callerKey)
    {
        (string Key, int Limit)[] limits = grant.Link is { } link
            ? [(callerKey, options.Value.GuestQuestionsPerMinute), ($"link {link.Id:N}", options.Value.LinkQuestionsPerMinute)]
            : [(callerKey, options.Value.UserQuestionsPerMinute)];
        lock (gate)
        {
            var now = clock.GetTimestamp();
            Forget(now);
            foreach (var (key, limit) in limits)
            {
                if (asked.TryGetValue(key, out var times) && times.Count >= limit)
                {
                    return Window - clock.GetElapsedTime(times.Peek(), now);
                }
            }

            foreach (var (key, _) in limits)
            {
                if (!asked.TryGetValue(key, out var times))
                {
                    asked[key] = times = [];
                }

                times.Enqueue(now);
            }

            return null;
        }
    }

    private void Forget(long now)
    {
        foreach (var (key, times) in asked)
        {
            while (times.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= Window)
            {
                times.Dequeue();
            }

            if (times.Count == 0)
            {
                asked.Remove(key);
            }
        }
    }
}
