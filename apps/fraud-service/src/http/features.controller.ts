import { Controller, Get } from '@nestjs/common'
import { RequireScope, type ScopeOf } from '@swipestream/platform'
import { catalogueView } from './feature-view.js'
import { DescribeFeatures } from './openapi.js'

/** What rules can ask about. */
@Controller('v1/features')
export class FeaturesController {
  @Get()
  @RequireScope<ScopeOf<'RULES_API_KEYS'>>('rules:read')
  @DescribeFeatures()
  list(): ReturnType<typeof catalogueView> {
    return catalogueView()
  }
}
