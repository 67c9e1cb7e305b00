using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rag.Retrieval.Knowledge.Migrations
{
    /// <inheritdoc />
    internal partial class MeasuredRates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ChunksAtStateSince",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "PagesAtStateSince",
                table: "Documents");

            migrationBuilder.AddColumn<double>(
                name: "PagesPerSecond",
                table: "Documents",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "SecondsLeft",
                table: "Documents",
                type: "REAL",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "PagesPerSecond",
                table: "Documents");

            migrationBuilder.DropColumn(
                name: "SecondsLeft",
                table: "Documents");

            migrationBuilder.AddColumn<int>(
                name: "ChunksAtStateSince",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "PagesAtStateSince",
                table: "Documents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }
    }
}
