import { connectRegistry, type SchemaRegistry } from '../src/registry.js'

/** The schema registry of the stack that the test run started, or that the environment names. */
export function registryOfStack(): SchemaRegistry {
  const url = process.env['SCHEMA_REGISTRY_URL']
  if (!url) throw new Error('SCHEMA_REGISTRY_URL is not set: run this with the vitest project "integration", which starts a stack')
  return connectRegistry({ url })
}
