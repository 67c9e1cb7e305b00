namespace Rag.Ingestion.Tests;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("en", "The company repurchased shares during the quarter, and the dividends that were declared are shown in the table for each of the three months.")]
    [InlineData("de", "Die Gesellschaft hat im Berichtsjahr eigene Aktien erworben, und der Vorstand schlägt vor, den Gewinn auf neue Rechnung vorzutragen.")]
    [InlineData("fr", "La société a racheté des actions au cours de l'exercice et le conseil propose de verser un dividende qui est le même que dans les années précédentes.")]
    [InlineData("es", "La sociedad compró acciones durante el ejercicio y el consejo propone que los beneficios se destinen a las reservas de la empresa.")]
    [InlineData("it", "La società ha acquistato azioni nel corso dell'esercizio e il consiglio propone di destinare gli utili alle riserve della capogruppo.")]
    [InlineData("pt", "A empresa comprou ações durante o exercício e o conselho propõe que os lucros sejam destinados às reservas, como nos anos anteriores, para não reduzir o capital.")]
    [InlineData("nl", "De vennootschap heeft in het boekjaar aandelen ingekocht en de raad stelt voor om de winst aan de reserves toe te voegen, zoals dat ook eerder is gedaan.")]
    [InlineData("ru", "Компания приобрела собственные акции в течение отчётного года, и совет директоров предлагает направить прибыль в резервный фонд.")]
    [InlineData("uk", "Компанія придбала власні акції протягом звітного року, і рада директорів пропонує спрямувати прибуток до резервного фонду.")]
    [InlineData("bg", "Дружеството е придобило собствени акции през отчетната година и съветът на директорите предлага печалбата да бъде отнесена във фонд резервен, който е създаден съгласно закона.")]
    [InlineData("sr", "Компанија је током године стекла сопствене акције, а управни одбор предлаже да се добит пренесе у резерве које су већ формиране у складу са законом.")]
    [InlineData("fa", "شرکت در طول سال مالی سهام خود را خریداری کرد و هیئت مدیره پیشنهاد می‌کند که سود به اندوخته‌های گروه منتقل شود و چگونگی پرداخت آن تصویب گردد.")]
    [InlineData("he", "החברה רכשה מניות במהלך שנת הדוח והדירקטוריון מציע להעביר את הרווחים לקרן השמורה של הקבוצה.")]
    [InlineData("ar", "اشترت الشركة أسهمها خلال السنة المالية ويقترح مجلس الإدارة تحويل الأرباح إلى الاحتياطي العام للمجموعة.")]
    [InlineData("ja", "当社は当事業年度において自己株式を取得しました。取締役会は利益を準備金に積み立てることを提案しています。このことは株主の皆様のためになると考えております。")]
    [InlineData("zh", "本公司在本年度内回购了部分股份,董事会建议将利润转入公司储备金。股东大会将于六月举行,届时将对利润分配方案进行表决,并选举新一届董事会成员以及监事会成员。")]
    public void Prose_InOneLanguage_IsNamed(string language, string text) => Assert.Equal(language, Guess(text));

    [Theory]
    [InlineData("")]
    [InlineData("12 345 67 890 1.2 % 44")]
    [InlineData("Total assets 81,797")]
    [InlineData("xqzt vwpk bdfg hjkl mnpq rstv wxyz bcdf ghjk lmnp qrst vwxz bcdg fhjk lmqr stvw")]
    public void Text_ThatTellsNothing_IsNotGuessed(string text) => Assert.Null(Guess(text));

    [Fact]
    public void Pages_CountTogether()
    {
        var guess = new LanguageGuess();
        guess.Read("Annual report");
        guess.Read("The figures in this report are of the group and were approved by the board on the first of May for the year that is shown.");
        Assert.Equal("en", guess.Language);
    }

    private static string? Guess(string text)
    {
        var guess = new LanguageGuess();
        guess.Read(text);
        return guess.Language;
    }
}
