// Small behaviour that needs no server: menus that close, the reconnect dialog, reload buttons.

document.addEventListener("click", event => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    // A click on an item closes the menu too, after its own handler ran.
    const onSummary = menu.querySelector("summary")?.contains(event.target);
    if (!onSummary) menu.open = false;
  }
  if (event.target.closest?.("[data-reload]")) location.reload();
  if (event.target.closest?.("[data-reconnect-retry]")) retry();
});

document.addEventListener("keydown", event => {
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary")?.focus();
    event.preventDefault();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".menu-item:not([disabled])")];
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length) % items.length]?.focus();
    event.preventDefault();
  }
});

const modal = document.getElementById("components-reconnect-modal");

// The state is also a class on the element (app.css shows the right words); here it only opens and closes.
modal?.addEventListener("components-reconnect-state-changed", event => {
  switch (event.detail.state) {
    case "show":
    case "failed":
    case "rejected":
      if (!modal.open) modal.showModal();
      break;
    case "hide":
      if (modal.open) modal.close();
      break;
  }
});

async function retry() {
  try {
    // False: the server is there but has forgotten this page.
    if (!await Blazor.reconnect()) location.reload();
  } catch {
    // Still no server; the dialog stays.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && modal?.open) retry();
});
