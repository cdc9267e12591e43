// A map of a dataset's places over the city's own areas, water, buildings and roads: no outside network, unless the city
// names a map from outside. Few places come at once as GeoJSON, many as vector tiles.
// The table beside it is the keyboard's and the screen reader's way to the same rows.
import { Map as MapView, Marker, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";
import type { ExpressionFilterSpecification, ExpressionSpecification, FilterSpecification, GeoJSONSource, LayerSpecification, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(workerUrl);

const GROUND = "#f4f5f6";
const EDGE = "#cdd1d5";
const LABEL = "#464c53";
const MARK = "#0b50d0";
/** The letters of labels and counts: a map draws a font stack by its own name before any local font. */
const LETTERS = "Pretendard GOV";

/** How it flows: the words in the table beside the map say the same. */
const FLOW: Record<string, string> = { free: "#228738", slow: "#e08a00", jammed: "#de3412" };
const STILL = "#8a949e";
/** Layers that a click tells something of. */
const MARKED = ["incident", "cluster", "place", "shape", "path", "flow", "flow-unknown"];
/** Layers that lie nearly everywhere: where a place is asked for, they are a part of it. */
const EVERYWHERE = ["flow", "flow-unknown"];

/** Places nearer than this are counted together; tiles do the same. */
const CLUSTER_PIXELS = 44;

type Box = [number, number, number, number];
type Role = "areas" | "green" | "water" | "buildings" | "roads";

/** A dataset the map is drawn upon. */
interface Ground {
  role: Role;
  url: string;
  tiles: boolean;
  name: string | null;
}

/** A map from outside. */
interface Outside {
  url: string;
  attribution: string;
}

/** What describes tiles: TileJSON. */
interface Described {
  tiles: string[];
  maxzoom: number;
}

/** A filled area's look, and from which zoom it is worth drawing. */
const FILLS: Partial<Record<Role, { color: string; from: number }>> = {
  areas: { color: GROUND, from: 0 },
  green: { color: "#e2efdd", from: 0 },
  water: { color: "#cfe3f2", from: 0 },
  buildings: { color: "#e4e1dc", from: 13 },
};

class MadangMap extends HTMLElement {
  static readonly observedAttributes = ["data-as-of"];
  private view: MapView | undefined;

  connectedCallback(): void {
    const box = this.querySelector<HTMLElement>(".map-box");
    const bounds = this.dataset["bounds"]?.split(",").map(Number);
    if (!box || bounds?.length !== 4) return;
    void this.draw(box, bounds as Box);
  }

  private async draw(box: HTMLElement, bounds: Box): Promise<void> {
    const style = await this.look();
    if (!this.isConnected) return;
    box.replaceChildren();
    const outside = this.outside();
    this.view = new MapView({
      container: box,
      style,
      bounds,
      fitBoundsOptions: { padding: 24, animate: false },
      attributionControl: outside ? { compact: false, customAttribution: plain(outside.attribution) } : false,
      cooperativeGestures: true,
      localIdeographFontFamily: `'${LETTERS}', sans-serif`,
      fadeDuration: 0,
      locale: this.words(),
    });
    this.view.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.view.getCanvas().setAttribute("aria-label", this.dataset["label"] ?? "");
    this.showMark(this.view);
    this.offerPick(this.view);
    this.listen(this.view);
  }

  /** The place that the page is about: it says it in words. */
  private showMark(view: MapView): void {
    const at = this.closest<HTMLElement>("[data-mark]")?.dataset["mark"]?.split(",").map(Number);
    const [lng, lat] = at ?? [];
    if (lng === undefined || lat === undefined || !Number.isFinite(lng) || !Number.isFinite(lat)) return;
    const mark = new Marker({ color: MARK }).setLngLat([lng, lat]).addTo(view);
    mark.getElement().setAttribute("aria-hidden", "true");
  }

  disconnectedCallback(): void {
    this.view?.remove();
  }

  /** What lies over the ground is fetched anew; the map stays as it is looked at. */
  attributeChangedCallback(): void {
    const { lines, places } = this.dataset;
    for (const [name, address] of [["lines", lines], ["places", places], ["incidents", places]] as const) {
      if (address) this.view?.getSource<GeoJSONSource>(name)?.setData(address);
    }
  }

  /** A page about a place: by a click where no mark stands, by a mark's words, or by the button for the middle of the map. */
  private offerPick(view: MapView): void {
    if (!this.dataset["pick"]) return;
    view.getCanvas().style.cursor = "crosshair";
    view.on("click", (event) => {
      const layers = this.telling().filter((layer) => view.getLayer(layer));
      if (view.queryRenderedFeatures(event.point, { layers }).length > 0) return;
      location.assign(this.pageOf(event.lngLat.wrap()));
    });
    const picks = this.querySelector<HTMLElement>("[data-picks]");
    picks?.removeAttribute("hidden");
    picks?.querySelector("button")?.addEventListener("click", () => location.assign(this.pageOf(view.getCenter().wrap())));
  }

  private pageOf(at: { lng: number; lat: number }): string {
    return `${this.dataset["pick"] ?? ""}?lon=${at.lng.toFixed(6)}&lat=${at.lat.toFixed(6)}`;
  }

  /** The layers that tell of themselves when they are clicked. */
  private telling(): string[] {
    return this.dataset["pick"] ? MARKED.filter((layer) => !EVERYWHERE.includes(layer)) : MARKED;
  }

  private words(): Record<string, string> {
    return JSON.parse(this.dataset["words"] ?? "{}") as Record<string, string>;
  }

  private outside(): Outside | undefined {
    const text = this.dataset["outside"];
    return text ? (JSON.parse(text) as Outside) : undefined;
  }

  private async look(): Promise<StyleSpecification> {
    const style: StyleSpecification = {
      version: 8,
      sources: {},
      layers: [{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } }],
    };
    const outside = this.outside();
    if (outside) {
      style.sources["outside"] = { type: "raster", tiles: [outside.url], tileSize: 256 };
      style.layers.push({ id: "outside", type: "raster", source: "outside" });
    }
    const grounds = JSON.parse(this.dataset["ground"] ?? "[]") as Ground[];
    const sources = await Promise.all(grounds.map((ground) => this.source(ground)));
    grounds.forEach((ground, at) => {
      const source = sources[at];
      // The places stand without ground that did not come.
      if (!source) return;
      style.sources[ground.role] = source;
      style.layers.push(...underlay(ground, outside !== undefined));
    });
    const { lines } = this.dataset;
    if (lines) {
      style.sources["lines"] = { type: "geojson", data: lines };
      style.layers.push(...flow());
    }
    // Names are read above the lines.
    style.layers.push(...grounds.filter((_, at) => sources[at]).flatMap(names));
    await this.addPlaces(style);
    return style;
  }

  /** A dataset's places as a source. Names are drawn on a canvas, which has only letters that are there: they are fetched. */
  private async source(ground: Ground): Promise<StyleSpecification["sources"][string] | undefined> {
    try {
      if (ground.tiles) {
        // Which names come with later tiles nobody knows yet.
        if (ground.name) await allLetters();
        return await vector(ground.url);
      }
      const data = (await (await fetch(ground.url)).json()) as FeatureCollection;
      const { name } = ground;
      if (name) await letters(data.features.map((area) => String(area.properties?.[name] ?? "")).join(""));
      return { type: "geojson", data };
    } catch {
      return undefined;
    }
  }

  private async addPlaces(style: StyleSpecification): Promise<void> {
    const { places, tiles } = this.dataset;
    await letters("");
    if (tiles) {
      try {
        style.sources["places"] = await vector(tiles);
      } catch {
        this.setAttribute("data-failed", "");
        return;
      }
      style.layers.push(...marks({ "source-layer": "places" }, { "source-layer": "clusters" }));
    } else if (places) {
      style.sources["places"] = { type: "geojson", data: places, cluster: true, clusterRadius: CLUSTER_PIXELS, clusterMaxZoom: 15, generateId: true, filter: ["!", IS_INCIDENT] as unknown as FilterSpecification };
      // What is in the way is seen by itself, however many works lie about it.
      style.sources["incidents"] = { type: "geojson", data: places, filter: IS_INCIDENT };
      style.layers.push(...marks({}, {}), spot("incident", "incidents", IS_INCIDENT, INCIDENT));
    }
  }

  private listen(view: MapView): void {
    view.on("click", "cluster", (event) => {
      const feature = event.features?.[0];
      if (feature) void this.open(view, feature, [event.lngLat.lng, event.lngLat.lat]);
    });
    for (const layer of this.telling().filter((own) => own !== "cluster"))
      view.on("click", layer, (event) => {
        const feature = event.features?.[0];
        if (feature) this.tell(view, feature, [event.lngLat.lng, event.lngLat.lat]);
      });
    for (const layer of ["incident", "cluster", "place"]) {
      view.on("mouseenter", layer, () => (view.getCanvas().style.cursor = "pointer"));
      view.on("mouseleave", layer, () => (view.getCanvas().style.cursor = this.dataset["pick"] ? "crosshair" : ""));
    }
    view.once("idle", () => this.setAttribute("data-ready", ""));
  }

  private async open(view: MapView, feature: MapGeoJSONFeature, center: [number, number]): Promise<void> {
    const zoom = await this.partsAt(view, feature);
    if (zoom === undefined) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) view.jumpTo({ center, zoom });
    else view.easeTo({ center, zoom });
  }

  /** The zoom at which the places of a cluster part. */
  private async partsAt(view: MapView, feature: MapGeoJSONFeature): Promise<number | undefined> {
    const told = feature.properties["parts_at"] as number | undefined;
    if (told !== undefined) return Math.min(told, view.getMaxZoom());
    const source = view.getSource<GeoJSONSource>("places");
    return source?.getClusterExpansionZoom(Number(feature.properties["cluster_id"]));
  }

  /** The first properties of a place, as text only, and the way to its page where there is one. */
  private tell(view: MapView, feature: MapGeoJSONFeature, at: [number, number]): void {
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, value] of Object.entries(feature.properties).slice(0, 6)) {
      // These say how it is drawn.
      if (name === "level" || name === "mark") continue;
      if (value === null || value === "") continue;
      const term = document.createElement("dt");
      term.textContent = name;
      const text = document.createElement("dd");
      text.textContent = String(value);
      list.append(term, text);
    }
    const told = document.createElement("div");
    told.append(list);
    if (this.dataset["pick"]) {
      const way = document.createElement("a");
      way.href = this.pageOf({ lng: at[0], lat: at[1] });
      way.textContent = this.words()["Madang.Pick"] ?? way.href;
      told.append(way);
    }
    new Popup({ maxWidth: "280px" }).setLngLat(at).setDOMContent(told).addTo(view);
  }
}

/** Letters a canvas will draw. */
async function letters(text: string): Promise<void> {
  await document.fonts.load(`400 13px '${LETTERS}'`, `${text}0123456789만`);
}

/** All letters there are. */
async function allLetters(): Promise<void> {
  const faces = [...document.fonts].filter((face) => face.family.includes(LETTERS) && face.weight === "400");
  await Promise.all(faces.map((face) => face.load()));
}

/** Tiles of this server: by the way the page came, whatever name the server has for itself. */
async function vector(url: string): Promise<StyleSpecification["sources"][string]> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const described = (await answer.json()) as Described;
  const tiles = described.tiles.map((tile) => location.origin + tile.slice(tile.indexOf("/tiles/")));
  return { type: "vector", tiles, maxzoom: described.maxzoom };
}

/** An attribution is text: it comes from a city's file, and is no HTML. */
function plain(text: string): string {
  const element = document.createElement("span");
  element.textContent = text;
  return element.innerHTML;
}

type Part = { "source-layer"?: string };
type Layer = LayerSpecification;

function part(ground: Ground): Part {
  return ground.tiles ? { "source-layer": "places" } : {};
}

/** A dataset below the places. */
function underlay(ground: Ground, onPictures: boolean): Layer[] {
  const { role } = ground;
  const of = { source: role, ...part(ground) };
  const isArea = ["==", ["geometry-type"], "Polygon"] as ["==", ["geometry-type"], string];
  const isLine = ["==", ["geometry-type"], "LineString"] as ["==", ["geometry-type"], string];
  if (role === "roads")
    return [
      { id: "road-edge", type: "line", ...of, filter: isLine, paint: { "line-color": EDGE, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1.4, 15, 7] } },
      { id: "road", type: "line", ...of, filter: isLine, paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.8, 15, 5] } },
    ];
  const { color, from } = FILLS[role] ?? { color: GROUND, from: 0 };
  const layers: Layer[] = [
    { id: role, type: "fill", ...of, minzoom: from, filter: isArea, paint: { "fill-color": color, "fill-opacity": onPictures ? 0.3 : 1 } },
  ];
  if (role === "areas") layers.push({ id: "area-edge", type: "line", ...of, filter: isArea, paint: { "line-color": EDGE, "line-width": 1 } });
  if (role === "water") layers.push({ id: "stream", type: "line", ...of, filter: isLine, paint: { "line-color": color, "line-width": 2 } });
  return layers;
}

/** The names of a dataset's places, above all of the ground. */
function names(ground: Ground): Layer[] {
  if (!ground.name) return [];
  const of = { source: ground.role, ...part(ground) };
  const isRoad = ground.role === "roads";
  return [
    {
      id: `${ground.role}-name`,
      type: "symbol",
      ...of,
      minzoom: isRoad ? 14 : 0,
      layout: {
        "text-field": ["to-string", ["get", ground.name]],
        "text-size": isRoad ? 12 : 13,
        "text-font": [LETTERS],
        "symbol-placement": isRoad ? "line" : "point",
      },
      paint: { "text-color": LABEL, "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
    },
  ];
}

/** Links by how it flows, each direction on its own side; those of which it is not known are dashed. */
function flow(): Layer[] {
  const width: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 10, 1.6, 15, 6];
  const offset: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 10, 1.2, 15, 5];
  const known: ExpressionSpecification = ["match", ["get", "level"], ...Object.entries(FLOW).flat(), STILL] as unknown as ExpressionSpecification;
  const isUnknown = ["==", ["get", "level"], "unknown"] as ["==", ["get", string], string];
  return [
    { id: "flow-unknown", type: "line", source: "lines", filter: isUnknown, paint: { "line-color": STILL, "line-width": width, "line-offset": offset, "line-dasharray": [2, 2] } },
    { id: "flow", type: "line", source: "lines", filter: ["!", isUnknown], paint: { "line-color": known, "line-width": width, "line-offset": offset } },
  ];
}

/** What is in the way, told apart from works. */
const INCIDENT = "#8a1f0b";
const IS_INCIDENT = ["in", ["get", "mark"], ["literal", ["incident", "closure"]]] as unknown as ExpressionFilterSpecification;

/** A place as a spot. */
function spot(id: string, source: string, filter: FilterSpecification, color: string, of: Part = {}): Layer {
  return { id, type: "circle", source, ...of, filter, paint: { "circle-color": color, "circle-radius": 6, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } };
}

/** Places and their clusters: the same look, whichever way they come. */
function marks(alone: Part, together: Part): Layer[] {
  const single = ["!", ["has", "point_count"]] as ["!", ["has", string]];
  const is = (kind: string) => ["==", ["geometry-type"], kind] as ["==", ["geometry-type"], string];
  const counted = { source: "places", ...together, filter: ["has", "point_count"] as ["has", string] };
  return [
    { id: "shape", type: "fill", source: "places", ...alone, filter: is("Polygon"), paint: { "fill-color": MARK, "fill-opacity": 0.12, "fill-outline-color": MARK } },
    { id: "path", type: "line", source: "places", ...alone, filter: is("LineString"), paint: { "line-color": MARK, "line-width": 2 } },
    {
      id: "cluster",
      type: "circle",
      ...counted,
      paint: { "circle-color": MARK, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2, "circle-radius": ["step", ["get", "point_count"], 14, 10, 18, 100, 23, 1000, 28] },
    },
    {
      id: "cluster-count",
      type: "symbol",
      ...counted,
      layout: { "text-field": count, "text-size": 13, "text-font": [LETTERS], "text-allow-overlap": true },
      paint: { "text-color": "#ffffff" },
    },
    spot("place", "places", ["all", single, is("Point")], MARK, alone),
  ];
}

/** A count that fits its mark: 1,234,567 is 123만 in Korean and 1.2M in English. */
const count: ExpressionSpecification = document.documentElement.lang.startsWith("en")
  ? ["step", ["get", "point_count"], ["to-string", ["get", "point_count"]], 10_000, ["concat", ["to-string", ["floor", ["/", ["get", "point_count"], 1000]]], "k"], 1_000_000, ["concat", ["to-string", ["/", ["floor", ["/", ["get", "point_count"], 100_000]], 10]], "M"]]
  : ["step", ["get", "point_count"], ["to-string", ["get", "point_count"]], 10_000, ["concat", ["to-string", ["/", ["floor", ["/", ["get", "point_count"], 1000]], 10]], "만"], 1_000_000, ["concat", ["to-string", ["floor", ["/", ["get", "point_count"], 10_000]]], "만"]];

customElements.define("madang-map", MadangMap);
