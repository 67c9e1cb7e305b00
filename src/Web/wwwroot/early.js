// Files dropped on a page that takes files, but is not live yet: the browser would leave the page to show them. They are kept until the page's own
// listener (uploads.js) is there and asks for them.
(() => {
  const kept = [];
  const isEarly = event => [...(event.dataTransfer?.types ?? [])].includes("Files") && document.querySelector(".drop-zone input[type=file]:not([data-ready])");

  document.addEventListener("dragover", event => { if (isEarly(event)) event.preventDefault(); });
  document.addEventListener("drop", event => {
    if (!isEarly(event)) return;
    event.preventDefault();
    const { files, items } = event.dataTransfer;   // empty when the event is over
    kept.push({ page: location.href, files: [...files], entries: [...items].map(item => item.webkitGetAsEntry?.()).filter(Boolean) });
  });
  document.addEventListener("docent-takes-files", event => {
    for (const drop of kept.splice(0)) if (drop.page === location.href) event.detail(drop);   // not what was meant for a page that was left
  });
})();
