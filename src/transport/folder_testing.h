/* folder_testing: what only tests ask of a watched folder. Private to the floor. */
#ifndef FOLDER_TESTING_H
#define FOLDER_TESTING_H

#include "transport.h"

uint64_t folder_listings(const struct folder *f);          /* how often it was listed */
void folder_set_names(struct folder *f, size_t names_max); /* instead of FOLDER_NAMES_MAX */
void folder_no_flags(struct folder *f); /* as on a file system without RENAME_NOREPLACE */
void folder_deafen(struct folder *f);   /* no more events, as on a network file system */

#endif
