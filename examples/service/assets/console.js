// What makes pages better and nothing needs: times in the reader's own zone, and no form that is sent twice.
"use strict";

for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) time.title = `${at.toLocaleString()} where you are`;
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});

// A page that a browser shows again from its memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What went wrong is read first.
document.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });

// A change that was chosen and not saved is easily forgotten.
for (const select of document.querySelectorAll("form.inline select")) {
  const chosen = select.value;
  select.addEventListener("change", () => select.form.classList.toggle("changed", select.value !== chosen));
}
