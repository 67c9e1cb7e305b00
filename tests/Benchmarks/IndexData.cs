using System.Globalization;
using System.Numerics.Tensors;
using System.Text;

namespace Rag.Benchmarks;

/// <summary>Vectors that resemble a model's, texts with words as frequent as in a language, and what an exact search finds. Seeded.</summary>
internal static class IndexData
{
    public const int Dimensions = 384;
    private const int Words = 60_000;

    /// <summary>
    /// Unit vectors around 1,000 centres of 100 topics, with a direction common to all: cosines of unlike texts are far above 0, as with real ones.
    /// The same centres whatever the seed, so that queries resemble what is stored.
    /// </summary>
    public static float[][] Vectors(int count, int seed)
    {
        var shared = new Random(1);
        var common = Normal(shared, 1.0f);
        var topics = Enumerable.Range(0, 100).Select(_ => Normal(shared, 0.7f)).ToArray();
        var centres = Enumerable.Range(0, 1_000).Select(i => (Topic: topics[i % 100], Own: Normal(shared, 0.5f))).ToArray();
        var random = new Random(seed);
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            var (topic, own) = centres[random.Next(centres.Length)];
            var vector = Normal(random, 0.6f);
            TensorPrimitives.Add(vector, common, vector);
            TensorPrimitives.Add(vector, topic, vector);
            TensorPrimitives.Add(vector, own, vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            vectors[i] = vector;
        }

        return vectors;
    }

    /// <summary>150 words, the n-th most frequent about 1/n as often as the first (Zipf).</summary>
    public static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var i = 0; i < 150; i++)
        {
            text.Append(Word((int)Math.Pow(Words, random.NextDouble()) - 1)).Append(i % 15 == 14 ? ". " : " ");
        }

        return text.ToString();
    }

    /// <param name="rank">0: the most frequent.</param>
    public static string Word(int rank)
    {
        // Syllables, so that stemming has something to look at; the end keeps stems apart.
        var word = new StringBuilder();
        for (var rest = rank + 40; rest > 0; rest /= 40)
        {
            word.Append("bdfgklmn"[rest % 8]).Append("aeiou"[rest / 8 % 5]);
        }

        return word.Append('k').ToString();
    }

    /// <summary>Rows (places) of the ten nearest by fp32 dot product.</summary>
    public static HashSet<long> Exact(float[][] vectors, float[] query)
    {
        var scores = vectors.Select(vector => TensorPrimitives.Dot<float>(vector, query)).ToArray();
        return [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(10).Select(i => (long)i)];
    }

    /// <summary>Milliseconds of each call, after as many calls to warm up; median and the fastest and slowest tenth.</summary>
    public static string Spread(int calls, Action<int> call)
    {
        var times = new double[calls];
        for (var i = -calls; i < calls; i++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            call(Math.Abs(i) % calls);
            if (i >= 0)
            {
                times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        }

        Array.Sort(times);
        return string.Create(CultureInfo.InvariantCulture, $"{times[calls / 2]:0.###} ms ({times[calls / 10]:0.###} – {times[calls * 9 / 10]:0.###})");
    }

    public static void Print(string what, FormattableString value) =>
        Console.WriteLine($"| {what} | {value.ToString(CultureInfo.InvariantCulture)} |");

    private static float[] Normal(Random random, float size)
    {
        var vector = new float[Dimensions];
        for (var i = 0; i < Dimensions; i += 2)
        {
            var radius = size * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            var (sin, cos) = Math.SinCos(2 * Math.PI * random.NextDouble());
            (vector[i], vector[i + 1]) = ((float)(radius * cos), (float)(radius * sin));
        }

        return vector;
    }
}
