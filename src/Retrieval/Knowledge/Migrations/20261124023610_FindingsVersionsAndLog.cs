using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rag.Retrieval.Knowledge.Migrations
{
    /// <inheritdoc />
    internal partial class FindingsVersionsAndLog : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Findings",
                table: "Pages",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Structure",
                table: "Pages",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "KeepPages",
                table: "Outbox",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "ChunkTokens",
                table: "KnowledgeBases",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "PrefixTokens",
                table: "KnowledgeBases",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "HiddenSpans",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "Language",
                table: "Documents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "LiveSince",
                table: "Documents",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "NextBytes",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "NextHash",
                table: "Documents",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NextName",
                table: "Documents",
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "PagesAtStateSince",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "ScannedPages",
                table: "Documents",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<int>(
                name: "TableCount",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "DocumentLog",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Document = table.Column<Guid>(type: "TEXT", nullable: false),
                    KnowledgeBase = table.Column<Guid>(type: "TEXT", nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", nullable: false),
                    Attempt = table.Column<int>(type: "INTEGER", nullable: false),
                    Text = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DocumentLog", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "DocumentVersions",
                columns: table => new
                {
                    Document = table.Column<Guid>(type: "TEXT", nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    KnowledgeBase = table.Column<Guid>(type: "TEXT", nullable: false),
                    ContentHash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    FileName = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    ReplacedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DocumentVersions", x => new { x.Document, x.Generation });
                });

            migrationBuilder.CreateIndex(
                name: "IX_Documents_NextHash",
                table: "Documents",
                column: "NextHash");

            migrationBuilder.CreateIndex(
                name: "IX_DocumentLog_Document_Id",
                table: "DocumentLog",
                columns: new[] { "Document", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_DocumentVersions_ContentHash",
                table: "DocumentVersions",
                column: "ContentHash");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DocumentLog");

            migrationBuilder.DropTable(
                name: "DocumentVersions");

            migrationBuilder.DropIndex(
                name: "IX_Documents_NextHash",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "Findings",
                table: "Pages");

            migrationBuilder.DropColumn(
                name: "Structure",
                table: "Pages");

            migrationBuilder.DropColumn(
                name: "KeepPages",
                table: "Outbox");

            migrationBuilder.DropColumn(
                name: "ChunkTokens",
                table: "KnowledgeBases");

            migrationBuilder.DropColumn(
                name: "PrefixTokens",
                table: "KnowledgeBases");

            migrationBuilder.DropColumn(
                name: "HiddenSpans",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "Language",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "LiveSince",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "NextBytes",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "NextHash",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "NextName",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "PagesAtStateSince",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "ScannedPages",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "TableCount",
                table: "Documents");
        }
    }
}
