using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rag.Retrieval.Knowledge.Migrations
{
    /// <inheritdoc />
    internal partial class WithoutFullTextTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Posting lists are kept beside the vectors now and are built from the chunks.
            migrationBuilder.Sql("DROP TABLE PostingInstances;");
            migrationBuilder.Sql("DROP TABLE Postings;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // Empty: what was indexed before is not found by words until it is indexed again.
            migrationBuilder.Sql("""
                CREATE VIRTUAL TABLE Postings USING fts5(terms, tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'");
                """);
            migrationBuilder.Sql("INSERT INTO Postings(Postings, rank) VALUES('secure-delete', 1);");
            migrationBuilder.Sql("CREATE VIRTUAL TABLE PostingInstances USING fts5vocab('Postings', 'instance');");
        }
    }
}
