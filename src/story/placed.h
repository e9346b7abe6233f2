/* placed: pictures where they stood in the text. Private to story. */
#ifndef STORY_PLACED_H
#define STORY_PLACED_H

#include "story.h"

/* Figures of the story's own pictures keep the picture's name, others go. */
void placed_finish(struct arena *a, struct story *s);

#endif
