// A map of a dataset's places over the city's own outline and roads: no outside network.
// The table beside it is the keyboard's and the screen reader's way to the same rows.
import { Map as MapView, NavigationControl, Popup, setWorkerUrl } from "maplibre-gl";
import type { GeoJSONSource, MapGeoJSONFeature, StyleSpecification } from "maplibre-gl";
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

type Box = [number, number, number, number];

class MadangMap extends HTMLElement {
  private view: MapView | undefined;

  connectedCallback(): void {
    const box = this.querySelector<HTMLElement>(".map-box");
    const bounds = this.dataset["bounds"]?.split(",").map(Number);
    if (!box || bounds?.length !== 4) return;
    void this.draw(box, bounds as Box);
  }

  private async draw(box: HTMLElement, bounds: Box): Promise<void> {
    const areas = await this.areas();
    if (!this.isConnected) return;
    box.replaceChildren();
    this.view = new MapView({
      container: box,
      style: this.look(areas),
      bounds,
      fitBoundsOptions: { padding: 24, animate: false },
      attributionControl: false,
      cooperativeGestures: true,
      localIdeographFontFamily: `'${LETTERS}', sans-serif`,
      fadeDuration: 0,
      locale: JSON.parse(this.dataset["words"] ?? "{}") as Record<string, string>,
    });
    this.view.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.view.getCanvas().setAttribute("aria-label", this.dataset["label"] ?? "");
    this.listen(this.view);
  }

  disconnectedCallback(): void {
    this.view?.remove();
  }

  /** The areas, and the letters of their names fetched: a canvas draws only with letters that are there. */
  private async areas(): Promise<FeatureCollection | undefined> {
    const { areas, areaName } = this.dataset;
    if (!areas) return undefined;
    try {
      const found = (await (await fetch(areas)).json()) as FeatureCollection;
      const names = found.features.map((area) => String(area.properties?.[areaName ?? ""] ?? "")).join("");
      await document.fonts.load(`400 13px '${LETTERS}'`, `${names}0123456789`);
      return found;
    } catch {
      // The places stand without their ground.
      return undefined;
    }
  }

  private look(areas: FeatureCollection | undefined): StyleSpecification {
    const { places, roads, areaName } = this.dataset;
    const style: StyleSpecification = {
      version: 8,
      sources: {},
      layers: [{ id: "ground", type: "background", paint: { "background-color": "#ffffff" } }],
    };
    if (areas) {
      style.sources["areas"] = { type: "geojson", data: areas };
      style.layers.push(
        { id: "area", type: "fill", source: "areas", paint: { "fill-color": GROUND } },
        { id: "area-edge", type: "line", source: "areas", paint: { "line-color": EDGE, "line-width": 1 } },
      );
    }
    if (roads) {
      style.sources["roads"] = { type: "geojson", data: roads };
      style.layers.push(
        { id: "road-edge", type: "line", source: "roads", paint: { "line-color": EDGE, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1.4, 15, 7] } },
        { id: "road", type: "line", source: "roads", paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.8, 15, 5] } },
      );
    }
    if (areas && areaName)
      style.layers.push({
        id: "area-name",
        type: "symbol",
        source: "areas",
        layout: { "text-field": ["to-string", ["get", areaName]], "text-size": 13, "text-font": [LETTERS] },
        paint: { "text-color": LABEL, "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
      });
    if (places) this.addPlaces(style, places);
    return style;
  }

  private addPlaces(style: StyleSpecification, places: string): void {
    const single = ["!", ["has", "point_count"]] as ["!", ["has", string]];
    const isPoint = ["==", ["geometry-type"], "Point"] as ["==", ["geometry-type"], string];
    style.sources["places"] = { type: "geojson", data: places, cluster: true, clusterRadius: 44, clusterMaxZoom: 15, generateId: true };
    style.layers.push(
      { id: "shape", type: "fill", source: "places", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": MARK, "fill-opacity": 0.12, "fill-outline-color": MARK } },
      { id: "path", type: "line", source: "places", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": MARK, "line-width": 2 } },
      {
        id: "cluster",
        type: "circle",
        source: "places",
        filter: ["has", "point_count"],
        paint: { "circle-color": MARK, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2, "circle-radius": ["step", ["get", "point_count"], 14, 10, 18, 100, 23, 1000, 28] },
      },
      {
        id: "cluster-count",
        type: "symbol",
        source: "places",
        filter: ["has", "point_count"],
        layout: { "text-field": ["to-string", ["get", "point_count"]], "text-size": 13, "text-font": [LETTERS], "text-allow-overlap": true },
        paint: { "text-color": "#ffffff" },
      },
      { id: "place", type: "circle", source: "places", filter: ["all", single, isPoint], paint: { "circle-color": MARK, "circle-radius": 6, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } },
    );
  }

  private listen(view: MapView): void {
    view.on("click", "cluster", (event) => {
      const feature = event.features?.[0];
      if (feature) void this.open(view, feature, [event.lngLat.lng, event.lngLat.lat]);
    });
    for (const layer of ["place", "shape", "path"])
      view.on("click", layer, (event) => {
        const feature = event.features?.[0];
        if (feature) this.tell(view, feature, [event.lngLat.lng, event.lngLat.lat]);
      });
    for (const layer of ["cluster", "place"]) {
      view.on("mouseenter", layer, () => (view.getCanvas().style.cursor = "pointer"));
      view.on("mouseleave", layer, () => (view.getCanvas().style.cursor = ""));
    }
    view.once("idle", () => this.setAttribute("data-ready", ""));
  }

  private async open(view: MapView, feature: MapGeoJSONFeature, center: [number, number]): Promise<void> {
    const source = view.getSource<GeoJSONSource>("places");
    const zoom = await source?.getClusterExpansionZoom(Number(feature.properties["cluster_id"]));
    if (zoom === undefined) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) view.jumpTo({ center, zoom });
    else view.easeTo({ center, zoom });
  }

  /** The first properties of a place, as text only. */
  private tell(view: MapView, feature: MapGeoJSONFeature, at: [number, number]): void {
    const list = document.createElement("dl");
    list.className = "facts";
    for (const [name, value] of Object.entries(feature.properties).slice(0, 6)) {
      if (value === null || value === "") continue;
      const term = document.createElement("dt");
      term.textContent = name;
      const text = document.createElement("dd");
      text.textContent = String(value);
      list.append(term, text);
    }
    new Popup({ maxWidth: "280px" }).setLngLat(at).setDOMContent(list).addTo(view);
  }
}

customElements.define("madang-map", MadangMap);
