// The map of wards as one that can be moved and enlarged. Where it cannot be drawn, the map from the server stays.
import * as maplibregl from "./maplibre-gl.mjs";

const box = document.querySelector("#moving");
const mark = box.querySelector(".mark");
const told = document.querySelector("#told");
const drawn = document.querySelector("figure.map");
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();

const outlines = async () => {
  const answer = await fetch(box.dataset.outlines);
  const page = await answer.json();
  const features = page.outlines.map(({ name, shade, ring }, id) => ({
    type: "Feature", id, properties: { name, shade }, geometry: { type: "Polygon", coordinates: [ring] },
    said: `${name}: ${page.picture.areas.find((one) => one.name === name).words}`,
  }));
  return { page, features };
};

const bounds = (features) => {
  const points = features.flatMap((one) => one.geometry.coordinates[0]);
  const [lon, lat] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return [[Math.min(...lon), Math.min(...lat)], [Math.max(...lon), Math.max(...lat)]];
};

const layers = () => [
  { id: "paper", type: "background", paint: { "background-color": colour("map-paper") } },
  {
    id: "wards", type: "fill", source: "wards",
    paint: {
      "fill-color": ["match", ["get", "shade"], ...[1, 2, 3, 4, 5, 6].flatMap((n) => [n, colour(`map-${n - 1}`)]), colour("map-land")],
    },
  },
  { id: "edges", type: "line", source: "wards", paint: { "line-color": colour("strong-line"), "line-width": 1 } },
  // Without an address for glyphs the letters come from the reader's own machine.
  {
    id: "names", type: "symbol", source: "wards",
    layout: { "text-field": ["get", "name"], "text-font": ["sans-serif"], "text-size": 13 },
    paint: { "text-color": colour("ink"), "text-halo-color": colour("map-land"), "text-halo-width": 2 },
  },
];

const show = async () => {
  const { page, features } = await outlines();
  box.hidden = false;
  const map = new maplibregl.Map({
    container: "ground",
    style: { version: 8, sources: { wards: { type: "geojson", data: { type: "FeatureCollection", features } } }, layers: layers() },
    bounds: bounds(features),
    fitBoundsOptions: { padding: { top: 16 + mark.offsetHeight, bottom: 16, left: 16, right: 16 } },
    attributionControl: false,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "bottom-right");
  map.on("mousemove", "wards", (event) => { told.textContent = features[event.features[0].id].said; });
  map.on("click", "wards", (event) => { told.textContent = features[event.features[0].id].said; });
  map.once("idle", () => {
    drawn.classList.add("printed");
    told.textContent = page.words.point;
    box.dataset.idle = "";
  });
};

show().catch(() => {
  box.hidden = true;
  told.textContent = told.textContent.trim();
  box.dataset.failed = "";
});
