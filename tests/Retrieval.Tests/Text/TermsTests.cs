using Rag.Retrieval.Text;

namespace Rag.Retrieval.Tests.Text;

public sealed class TermsTests
{
    [Theory]
    [InlineData("The Company repurchased shares", "compani repurchas share")]
    [InlineData("Form 10-Q and 10Q", "form 10 q 10q 10q")]
    [InlineData("$81,797 million or 3.5%", "81797 million 3.5")]
    [InlineData("1,2,3 and 12,34", "1 2 3 12 34")]
    [InlineData("U.S. and US", "us us")]
    [InlineData("Apple's, Apple’s", "appl appl")]
    [InlineData("Café naïve Müller", "cafe naiv muller")]
    [InlineData("year-over-year 2019-2020", "year year 2019 2020")]
    [InlineData("covid-19 e‑mail", "covid 19 covid19 e mail")]
    [InlineData("ﬁnancial ofﬁce", "financi offic")]
    [InlineData("东京塔", "东京 京塔")]
    [InlineData("§ 4.2, §4.2 and §§ 7", "§4.2 4.2 §4.2 4.2 §7 7")]
    [InlineData("A-113, A113 or a‑113", "113 a113 a113 113 a113")]
    [InlineData("§ and paragraph", "paragraph")]
    [InlineData("don't", "")]
    [InlineData("... -- ,", "")]
    [InlineData("", "")]
    public void Text_GivesItsTerms(string text, string terms) => Assert.Equal(terms, string.Join(' ', Terms.Of(text)));

    [Fact]
    public void Text_WithLoneSurrogates_IsStillRead() => Assert.Equal(["good", "word"], Terms.Of("good \uD800 word \uDC00—"));

    [Fact]
    public void Term_OfAnyLength_IsCut() => Assert.Equal(64, Assert.Single(Terms.Of(new string('ä', 5_000))).Length);

    // From the vocabulary that Porter published with the algorithm.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("agreed", "agre")]
    [InlineData("feed", "feed")]
    [InlineData("plastered", "plaster")]
    [InlineData("motoring", "motor")]
    [InlineData("conflated", "conflat")]
    [InlineData("hopping", "hop")]
    [InlineData("falling", "fall")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("relational", "relat")]
    [InlineData("digitizer", "digit")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("triplicate", "triplic")]
    [InlineData("electrical", "electr")]
    [InlineData("adjustment", "adjust")]
    [InlineData("adoption", "adopt")]
    [InlineData("bowdlerize", "bowdler")]
    [InlineData("controll", "control")]
    [InlineData("generalizations", "gener")]
    [InlineData("sky", "sky")]
    [InlineData("as", "as")]
    public void Word_IsStemmedAsPorterDid(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));
}
