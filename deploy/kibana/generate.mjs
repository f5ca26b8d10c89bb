// Writes swipestream.ndjson anew, after a change of dashboards.mjs: node deploy/kibana/generate.mjs
import { writeFileSync } from 'node:fs'
import { savedObjects } from './saved-objects.mjs'

writeFileSync(new URL('swipestream.ndjson', import.meta.url), savedObjects())
