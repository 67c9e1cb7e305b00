// Runs before the first paint, so a chosen theme never flashes. No choice: the system's preference holds (app.css).
(() => {
  const key = "docent-theme";
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const apply = () => {
    const theme = stored();
    if (theme === "light" || theme === "dark") {
      if (root.dataset.theme !== theme) root.dataset.theme = theme;
    } else if (root.dataset.theme) {
      delete root.dataset.theme;
    }
  };
  apply();
  // Enhanced navigation replaces the attributes of <html> by those the server sent.
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  document.addEventListener("click", event => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    try { localStorage.setItem(key, dark ? "light" : "dark"); } catch { root.dataset.theme = dark ? "light" : "dark"; }
    apply();
  });
})();
