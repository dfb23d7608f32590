// Keeps a page fresh: after each refresh of the figures it is loaded again, and what is marked
// data-live is replaced where it has changed. Scroll, open tables, focus and input stay.
"use strict";

const page = document.body.dataset;
const main = document.getElementById("main");
let wanted = false;
let loading = false;

async function renew() {
  if (loading || document.hidden) {
    wanted = true;
    return;
  }
  loading = true;
  wanted = false;
  try {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" } });
    if (answer.ok && !answer.redirected) {
      replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // The next news tries again.
  } finally {
    loading = false;
  }
  if (wanted) renew();
}

// A list that loads on grows in place, and the address tells how far, so that news keeps it.
addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-on]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { "X-Requested-With": "live" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    history.replaceState(null, "", link.href);
    replace(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    location.assign(link.href);
  } finally {
    main.removeAttribute("aria-busy");
  }
});

function replace(fresh) {
  const focused = document.activeElement?.id;
  for (const region of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(region.id);
    if (!other || region.dataset.source === other.innerHTML) continue;
    if (region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) continue;
    region.dataset.source = other.innerHTML;
    const open = [...region.querySelectorAll("details[open]")].map((details) => details.id);
    const scrolled = [...region.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
    const height = region.offsetHeight;
    const filled = [...region.querySelectorAll("input, select, textarea")].filter(changed);
    region.replaceChildren(...other.childNodes);
    for (const field of filled) refill(region, field);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    region.querySelectorAll(".scroll").forEach((box, place) => { box.scrollLeft = scrolled[place] ?? 0; });
    if (height) region.dispatchEvent(new CustomEvent("renewed", { bubbles: true }));
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  page.version = fresh.body.dataset.version;
}

function changed(field) {
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.checked !== field.defaultChecked || (!field.matches("[type=checkbox], [type=radio]") && field.value !== field.defaultValue);
}

// What somebody has filled in, put into the field of the same name: for boxes, of the same value.
function refill(region, field) {
  const isBox = field.matches("[type=checkbox], [type=radio]");
  for (const fresh of region.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)) {
    if (!isBox) fresh.value = field.value;
    else if (fresh.value === field.value) fresh.checked = field.checked;
  }
}

if (main && page.workspace) {
  for (const region of document.querySelectorAll("[data-live]")) {
    region.dataset.source = region.innerHTML;
  }
  const stream = new EventSource("/live");
  const pulse = () => {
    const sign = document.getElementById("pulse");
    if (sign) sign.hidden = stream.readyState !== EventSource.OPEN;
  };
  stream.addEventListener("ready", pulse);
  stream.addEventListener("error", pulse);
  stream.addEventListener("refresh", async (event) => {
    if (JSON.parse(event.data).workspaces.includes(page.workspace)) await renew();
    pulse();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && wanted) renew();
  });
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

// In a narrow window the menu may begin left of where one is. With scrollIntoView the first Tab would
// go on from there, past the link that skips the menu.
const here = document.querySelector(".side nav [aria-current]");
const middle = ({ left, width }) => left + width / 2;
if (here) {
  const menu = here.closest("nav");
  menu.scrollLeft += middle(here.getBoundingClientRect()) - middle(menu.getBoundingClientRect());
}

// A form that is sent, or a link that is followed, shows that something is on its way.
addEventListener("submit", (event) => {
  if (!event.defaultPrevented && !event.submitter?.formTarget) main?.setAttribute("aria-busy", "true");
});

// A preview of what is in a form is there from the start.
document.querySelectorAll("button[data-at-once]").forEach((button) => button.form.requestSubmit(button));

// Forms that only choose what is shown need no button.
addEventListener("change", (event) => {
  if (event.target.form?.hasAttribute("data-auto")) event.target.form.requestSubmit();
});

// The reader's menu closes when something else is clicked, or by Escape.
const reader = document.getElementById("reader");
addEventListener("click", (event) => {
  if (reader?.open && !reader.contains(event.target)) reader.open = false;
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && reader?.open) {
    reader.open = false;
    reader.querySelector("summary").focus();
  }
});

// What a slider stands at.
addEventListener("input", (event) => {
  const shown = event.target.type === "range" && document.getElementById(`${event.target.id}-shown`);
  if (shown) shown.textContent = event.target.value;
});

// A form that shows what it would mean while somebody types: data-source answers a page whose
// region of the id in data-follow is put in place of ours.
let typed;
addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.follow) return;
  clearTimeout(typed);
  typed = setTimeout(() => follow(form), 250);
});

async function follow(form) {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("form_key");
  const answer = await fetch(`${form.dataset.source}?${fields}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(form.dataset.follow);
  if (fresh) document.getElementById(form.dataset.follow).replaceChildren(...fresh.childNodes);
}
