// Files dropped where nothing takes them yet, or at all: the browser would leave the page to show them. A page that takes files, but is not live yet, has them
// kept until its own listener (uploads.js) is there and asks for them; on any other they are turned away.
(() => {
  const kept = [];
  const carriesFiles = event => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const isEarly = event => carriesFiles(event) && document.querySelector(".drop-zone input[type=file]:not([data-ready])");

  document.addEventListener("dragover", event => {
    if (isEarly(event)) event.preventDefault();
    else if (carriesFiles(event) && !document.querySelector(".drop-zone")) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    }
  });
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
