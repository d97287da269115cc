"use strict";
(() => {
  // Browsers load every picture of a page on disk at once, so the faces wait in <noscript> until
  // somebody opens their person. What is in there was escaped when the page was made.
  const unpack = (details) => {
    const waiting = details.querySelector("noscript");
    if (waiting) waiting.parentElement.innerHTML = waiting.textContent;
  };
  document.querySelectorAll("details").forEach((details) => {
    if (details.open) unpack(details);
    details.addEventListener("toggle", () => { if (details.open) unpack(details); });
  });

  const people = [...document.querySelectorAll(".person")];
  const tools = document.querySelector(".tools");
  if (tools) {
    const search = tools.querySelector("input");
    const all = tools.querySelector("[data-all]");
    const none = document.querySelector(".none");
    let words = null; // by person: the name and the names of the photos
    const index = () => people.map((person) => {
      const waiting = person.querySelector("noscript");
      const faces = waiting
        ? new DOMParser().parseFromString(waiting.textContent, "text/html") : person;
      return [person.dataset.name, ...[...faces.querySelectorAll("[data-photo]")]
        .map((face) => face.dataset.photo)].join("\n").toLowerCase();
    });
    search.addEventListener("input", () => {
      words = words || index();
      const wanted = search.value.trim().toLowerCase();
      people.forEach((person, i) => { person.hidden = !words[i].includes(wanted); });
      none.hidden = people.some((person) => !person.hidden);
    });
    all.addEventListener("click", () => {
      const open = all.textContent === "Open all";
      people.forEach((person) => { person.open = open && !person.hidden; });
      all.textContent = open ? "Close all" : "Open all";
    });
    tools.hidden = false;
  }

  const arrive = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && target.localName === "details") {
      target.open = true;
      target.hidden = false;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", arrive);
  arrive();

  const map = document.querySelector(".map");
  map?.querySelectorAll(".legend li").forEach((row) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...row.childNodes);
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const chosen = button.getAttribute("aria-pressed") !== "true";
      map.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", "false"));
      button.setAttribute("aria-pressed", String(chosen));
      map.classList.toggle("focus", chosen);
      map.querySelectorAll("circle").forEach((dot) => {
        dot.classList.toggle("lit", chosen && dot.classList.contains(row.dataset.kind));
      });
    });
    row.append(button);
  });

  const dialog = document.querySelector(".preview");
  if (!dialog.showModal) return;
  const picture = dialog.querySelector("img");
  const box = dialog.querySelector(".box");
  const link = dialog.querySelector("a");
  let row = [];
  let at = 0;
  const place = (percent) => {
    box.hidden = percent.length < 4;
    ["left", "top", "width", "height"].forEach((side, i) => { box.style[side] = `${percent[i]}%`; });
  };
  const show = () => {
    const face = row[at];
    place([]);
    picture.alt = face.dataset.photo;
    picture.onload = () => place(face.dataset.box ? face.dataset.box.split(" ") : []);
    picture.onerror = () => { // a format that this browser cannot show
      picture.onload = picture.onerror = null;
      picture.src = face.querySelector("img")?.src ?? "";
    };
    picture.src = face.href;
    dialog.querySelector("bdi").textContent = face.dataset.photo;
    dialog.querySelector("small").textContent = `${at + 1} of ${row.length} · ${face.dataset.facts}`;
    link.href = face.href;
  };
  const step = (by) => { at = (at + by + row.length) % row.length; show(); };
  document.addEventListener("click", (event) => {
    const face = event.target.closest?.(".face");
    if (!face || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    row = [...face.closest(".faces, .guesses").querySelectorAll(".face")];
    at = row.indexOf(face);
    show();
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => {
    const by = Number(event.target.dataset?.step);
    if (by) step(by);
    if (event.target === dialog || "close" in (event.target.dataset ?? {})) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") step(1);
    if (event.key === "ArrowLeft") step(-1);
  });
  dialog.addEventListener("close", () => { picture.removeAttribute("src"); row[at]?.focus(); });
})();
