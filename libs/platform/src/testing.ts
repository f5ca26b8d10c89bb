import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

/** A body or an answer, as an OpenAPI document describes it. */
export interface DescribedMedia {
  readonly schema: { readonly $ref: string }
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

/** A route, as an OpenAPI document describes it. */
export interface DescribedRoute {
  readonly operationId: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, DescribedMedia>>; readonly headers?: Readonly<Record<string, unknown>> }>>
}

interface DescribedSchema {
  readonly properties: Readonly<Record<string, { readonly example?: unknown }>>
}

/** The part of an OpenAPI document (3.0) that tests look at. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedRoute>>>>
  readonly components: { readonly schemas: Readonly<Record<string, DescribedSchema>>; readonly securitySchemes: Readonly<Record<string, unknown>> }
}

/** An OpenAPI document, to hold a service against. */
export class OpenApiUnderTest {
  readonly document: Document
  readonly #ajv: Ajv

  /** @param document as `/docs/json` answers */
  constructor(document: unknown) {
    this.document = document as Document
    // `nullable` of OpenAPI 3.0 is known to ajv, `example` is not a check.
    this.#ajv = new Ajv({ strict: true, keywords: ['example'], allowUnionTypes: true })
    addFormats.default(this.#ajv)
  }

  /** Each route with its answers: `get /v1/things: 200 401 503`. */
  routes(): string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => `${method} ${path}: ${Object.keys(responses).join(' ')}`))
  }

  /** Whether a value is as a schema of the document says; why not, when it is not. */
  fits(schema: string, value: unknown): true | string {
    // Compiled once: ajv knows a schema object again.
    const validate = this.#ajv.compile(this.document.components.schemas[schema] ?? false)
    return validate(value) || this.#ajv.errorsText(validate.errors)
  }

  /** What is wrong with how errors are described: each must be problem+json, with examples that fit and have its status. */
  wrongErrors(): string[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { responses }]) =>
        Object.entries(responses)
          .filter(([status]) => Number(status) >= 400)
          .flatMap(([status, { content }]) => this.#wrongError(Number(status), content?.['application/problem+json']).map((why) => `${method} ${path} ${status}: ${why}`))))
  }

  #wrongError(status: number, media: DescribedMedia | undefined): string[] {
    if (media?.schema.$ref !== '#/components/schemas/Problem') return ['is no problem+json']
    const examples = Object.values(media.examples ?? {})
    if (examples.length === 0) return ['has no example']
    return examples.flatMap(({ value }) => {
      const fits = this.fits('Problem', value)
      return [...(fits === true ? [] : [fits]), ...((value as { status?: unknown }).status === status ? [] : ['has an example of another status'])]
    })
  }
}
