// The only script a page loads at once. Pages work without it; islands are fetched where they stand.
import "./generated/fonts/fonts.css";
import "./generated/krds.css";
import "./style/main.css";

if (matchMedia("(prefers-contrast: more)").matches) document.documentElement.dataset["krdsMode"] = "high-contrast";

const islands: Record<string, () => Promise<unknown>> = {
  "madang-map": () => import("./islands/madang-map/index"),
  "madang-chart": () => import("./islands/madang-chart/index"),
  "madang-passkey": () => import("./islands/madang-passkey/index"),
  "madang-jobs": () => import("./islands/madang-jobs/index"),
  "madang-wall": () => import("./islands/madang-wall/index"),
};

function load(name: string): void {
  islands[name]?.().catch((cause: unknown) => console.error(`island ${name} did not load`, cause));
}

/** An island far below the fold is fetched when the reader comes near it. */
const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        near.disconnect();
        load("madang-map");
      }
  },
  { rootMargin: "200px" },
);

for (const name of Object.keys(islands)) {
  const found = document.querySelectorAll(name);
  // Nobody scrolls a wall: its maps are drawn at once.
  if (name === "madang-map" && !document.querySelector("madang-wall")) for (const map of found) near.observe(map);
  else if (found.length > 0) load(name);
}
