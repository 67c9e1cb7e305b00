namespace Rag.Web.TestQuestions;

public static class TestQuestionServices
{
    /// <summary>The owner's test questions. Needs the answers' services.</summary>
    public static IServiceCollection AddTestQuestions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<TestOptions>().Bind(configuration.GetSection(TestOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TestBoard>();
        services.AddScoped<TestQuestionStore>();
        services.AddScoped<TestExaminer>();
        services.AddSingleton<TestRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<TestRunner>());
        return services;
    }
}
