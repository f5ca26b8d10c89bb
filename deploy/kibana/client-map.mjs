/** Where clients are, by GeoIP: Vega on a map, whose data is one aggregation of Elasticsearch's core. */
export const clientMapSpec = {
  $schema: 'https://vega.github.io/schema/vega/v5.json',
  config: { kibana: { type: 'map', latitude: 25, longitude: 10, zoom: 2, delayRepaint: true } },
  data: [
    {
      name: 'places',
      url: {
        '%context%': true,
        '%timefield%': '@timestamp',
        index: 'logs-nginx.access-*,logs-apache.access-*,logs-json-*',
        body: { size: 0, aggs: { places: { geotile_grid: { field: 'source.geo.location', precision: 6, size: 2_000 }, aggs: { middle: { geo_centroid: { field: 'source.geo.location' } } } } } },
      },
      format: { property: 'aggregations.places.buckets' },
      transform: [{ type: 'geopoint', projection: 'projection', fields: ['middle.location.lon', 'middle.location.lat'] }],
    },
  ],
  scales: [{ name: 'size', type: 'sqrt', domain: { data: 'places', field: 'doc_count' }, range: [40, 900] }],
  marks: [
    {
      type: 'symbol',
      from: { data: 'places' },
      encode: {
        update: {
          x: { field: 'x' },
          y: { field: 'y' },
          size: { scale: 'size', field: 'doc_count' },
          fill: { value: '#006bb4' },
          fillOpacity: { value: 0.6 },
          stroke: { value: '#ffffff' },
          tooltip: { signal: "{requests: format(datum.doc_count, ',')}" },
        },
      },
    },
  ],
}
