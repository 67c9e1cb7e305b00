using Rag.Web.Chat.Whole;

namespace Rag.Web.Chat;

/// <summary>Registers answers and chats. Needs IPassageSearch, IPassageReader, IWholeReader, IDocumentLibrary, IChatClient, AnswerModel and the keyed token counter.</summary>
public static class AnswerServices
{
    public static IServiceCollection AddAnswers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AnswerOptions>().Bind(configuration.GetSection(AnswerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AnswerRunner>();
        services.AddSingleton<QuestionRate>();
        services.AddSingleton<PromptLibrary>();
        services.AddSingleton<PromptBuilder>();
        services.AddSingleton<TurnRecorder>();
        services.AddScoped<AnswerModelSource>();
        services.AddScoped<CitationAligner>();
        services.AddScoped<QuestionRewriter>();
        services.AddScoped<ModelCall>();
        services.AddScoped<ModelWriter>();
        services.AddSingleton<ReadingGate>();
        services.AddScoped<WholeWriter>();
        services.AddScoped<WholeAnswers>();
        services.AddScoped<AnswerFlow>();
        services.AddScoped<AnswerService>();
        services.AddScoped<ConversationStore>();
        services.AddScoped<SourceStore>();
        services.AddHostedService<InterruptedTurns>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerRunner>());
        return services;
    }
}
