import { fileURLToPath } from 'node:url'
import { answers } from './http-health.js'
import { javaProgram } from './java-program.js'
import { HOST } from './ports.js'
import type { Server, ServerContext } from './server.js'

/** The first compiler and one collector thread start it sooner and smaller; its buffers are outside of the heap. */
const flags = ['-Xms256m', '-Xmx384m', '-XX:MaxDirectMemorySize=192m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

/**
 * Elasticsearch, of the jars on Maven Central: documents, bulk, templates, searches, data streams and their rollover.
 * What the distribution has beyond that is not there: no `GET /`, no ingest pipelines, no ILM, no scripts.
 */
export const elasticsearch: Server = {
  name: 'elasticsearch',
  label: 'Elasticsearch 8.19.21 (core)',
  needs: [],
  ports: ['elasticsearch'],
  command: (context) =>
    javaProgram(
      {
        directory: fileURLToPath(new URL('../elasticsearch', import.meta.url)),
        needs: 'Elasticsearch (about 45 MB, the first time only)',
        main: 'io.swipestream.elasticsearch.LocalNode',
        flags,
        args: [context.dir, HOST, String(context.port('elasticsearch'))],
      },
      { onProgress: context.onProgress },
    ),
  ready: (context) => answers(`${url(context)}/_cluster/health`),
  env: (context) => ({ ELASTICSEARCH_URL: url(context) }),
}

const url = (context: ServerContext): string => `http://${HOST}:${context.port('elasticsearch')}`
