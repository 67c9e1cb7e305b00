using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rag.Retrieval.Knowledge.Migrations
{
    /// <inheritdoc />
    public partial class IndexOutsideTheDatabase : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "IndexedTitle",
                table: "Chunks",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "DocumentTerms",
                columns: table => new
                {
                    Document = table.Column<Guid>(type: "TEXT", nullable: false),
                    Generation = table.Column<int>(type: "INTEGER", nullable: false),
                    KnowledgeBase = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Counted = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_DocumentTerms", x => new { x.Document, x.Generation });
                });

            migrationBuilder.CreateTable(
                name: "NextVectors",
                columns: table => new
                {
                    Row = table.Column<long>(type: "INTEGER", nullable: false),
                    Vector = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_NextVectors", x => x.Row);
                });

            migrationBuilder.CreateTable(
                name: "TermStatistics",
                columns: table => new
                {
                    KnowledgeBase = table.Column<int>(type: "INTEGER", nullable: false),
                    Term = table.Column<long>(type: "INTEGER", nullable: false),
                    Passages = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TermStatistics", x => new { x.KnowledgeBase, x.Term });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "DocumentTerms");

            migrationBuilder.DropTable(
                name: "NextVectors");

            migrationBuilder.DropTable(
                name: "TermStatistics");

            migrationBuilder.DropColumn(
                name: "IndexedTitle",
                table: "Chunks");
        }
    }
}
