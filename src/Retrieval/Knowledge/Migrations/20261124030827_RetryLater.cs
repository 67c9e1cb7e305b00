using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Rag.Retrieval.Knowledge.Migrations
{
    /// <inheritdoc />
    internal partial class RetryLater : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Failures",
                table: "Jobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTime>(
                name: "NotBefore",
                table: "Jobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "RetryAt",
                table: "Documents",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Failures",
                table: "Jobs");

            migrationBuilder.DropColumn(
                name: "NotBefore",
                table: "Jobs");

            migrationBuilder.DropColumn(
                name: "RetryAt",
                table: "Documents");
        }
    }
}
