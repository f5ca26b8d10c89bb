import { expect, test } from 'vitest'
import { routeOf } from './route.js'

test.each([
  ['GET', '/', 'GET /'],
  ['GET', '/v1/cards/4711', 'GET /v1/cards/{id}'],
  ['GET', '/v1/cards/018f3b9e-7c1a-7000-8000-0123456789ab/swipes', 'GET /v1/cards/{id}/swipes'],
  ['GET', '/v1/cards/deadbeef01', 'GET /v1/cards/{id}'],
  ['GET', '/blog/2026-01-05/title', 'GET /blog/{id}/title'],
  ['GET', '/users/ada@example.org', 'GET /users/{id}'],
  ['GET', '/static/app.3f9a1c2b.js', 'GET /static/*.js'],
  ['GET', '/a/b/c/d/e/f/g/h', 'GET /a/b/c/d/e/f/…'],
  ['GET', `/${'x'.repeat(100)}`, 'GET /{id}'],
  ['GET', '/md5/sha1', 'GET /md5/sha1'],
  [undefined, undefined, 'no HTTP'],
])('%s %s is the route %s', (method, path, route) => {
  expect(routeOf(method, path)).toBe(route)
})
