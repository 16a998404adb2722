"""Recommendations: products that share most categories with what the customer looks at."""

from shop.catalog.v1.catalog_pb import CatalogClient
from shop.recommendation.v1.recommendation_pb import (
    RecommendationService,
    RecommendRequest,
    RecommendResponse,
)

MOST = 5


class Recommendation(RecommendationService):
    catalog: CatalogClient

    async def recommend(self, request: RecommendRequest) -> RecommendResponse:
        products = (await self.catalog.list()).products
        known = set(request.products)
        liked = {category for one in products if one.id in known for category in one.categories}
        others = [one for one in products if one.id not in known]
        # The sort is stable: among equals the catalog's order stays.
        others.sort(key=lambda one: -len(liked.intersection(one.categories)))
        return RecommendResponse(products=[one.id for one in others[:MOST]])
