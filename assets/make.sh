#!/usr/bin/env bash
# Make the portal's static files anew from the pinned packages: `npm install`, then this.
# BOUNDARIES: a folder with Natural Earth's ne_10m_admin_1_states_provinces.topo.json (public domain).
set -euo pipefail
cd "$(dirname "$0")"
static=../src/luzeiro/portal/static
bin=node_modules/.bin
$bin/purgecss --config purge.config.cjs --output tabler.kept.css
$bin/esbuild tabler.kept.css --minify --outfile=$static/css/tabler.css
$bin/esbuild echarts.js --bundle --minify --legal-comments=none --outfile=$static/js/echarts.min.js
cp node_modules/htmx.org/dist/htmx.min.js $static/js/
rm tabler.kept.css
if [ -n "${BOUNDARIES:-}" ]; then
  $bin/mapshaper "$BOUNDARIES"/ne_10m_admin_1_states_provinces.topo.json \
    -filter '!!iso_a2 && iso_a2.length == 2 && iso_a2 != "AQ" && iso_a2 != "-1"' \
    -simplify visvalingam weighted 4% keep-shapes -clean \
    -each 'region = iso_3166_2, country = iso_a2, label = this.properties.name' \
    -filter-fields region,country,label,admin -o kept.json format=topojson
  $bin/mapshaper kept.json -dissolve country copy-fields=admin \
    -simplify visvalingam weighted 25% keep-shapes -each 'name = country, label = admin' \
    -filter-fields name,label -o $static/shapes/world.json format=geojson precision=0.05
  $bin/mapshaper kept.json -each 'name = region' -split country \
    -filter-fields name,label -o $static/shapes/regions/ format=geojson precision=0.01
  rm kept.json
fi
