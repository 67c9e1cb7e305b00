// What a chat needs of the browser: Enter sends, the input grows, new questions and marks come into view.

export function wireComposer(form, input, takesFocus) {
  const grow = () => {
    if (CSS.supports("field-sizing", "content")) return;
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
  };
  input.addEventListener("input", grow);
  input.addEventListener("keydown", event => {
    // isComposing: Enter that only accepts a word of an input method sends nothing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  if (takesFocus && matchMedia("(hover: hover)").matches && !document.activeElement?.matches("input, textarea")) input.focus({ preventScroll: true });
}

const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

// The last question at the top: its quotes stay in place while the words below them grow.
export function showLast(turns) {
  const last = turns?.querySelector(":scope > article:last-of-type");
  if (last) turns.scrollTo({ top: turns.scrollTop + last.getBoundingClientRect().top - turns.getBoundingClientRect().top - 16, behavior: behavior() });
}

export function showMark(panel) {
  panel.querySelector(".page-mark, mark")?.scrollIntoView({ block: "center", inline: "center" });
}

export function setAddress(path) {
  history.replaceState(history.state, "", path);
}
