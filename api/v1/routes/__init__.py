"""The routes of the API, one file a noun. `ROUTERS` is what the application includes."""

from __future__ import annotations

from api.v1.routes import (
    agreement,
    analysis,
    analytics,
    answer_templates,
    auth,
    cases,
    consents,
    dermatologist,
    diary,
    exports,
    health,
    mailed_links,
    notifications,
    picture,
    recommendations,
    reviews,
    routine,
    safety,
    sessions,
    trends,
    trials,
    users,
)

ROUTERS = (
    auth.router,
    mailed_links.router,
    users.router,
    picture.router,
    consents.router,
    sessions.router,
    trends.router,  # before the checks, whose ids stand in the same place
    analysis.router,
    recommendations.router,
    safety.router,
    notifications.router,
    routine.router,
    diary.router,
    trials.router,
    trials.mode_router,
    dermatologist.router,
    cases.router,
    reviews.router,
    answer_templates.router,
    agreement.router,
    analytics.router,
    exports.router,
    health.router,
)
