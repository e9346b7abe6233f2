/* lab: the demonstration wire, rehearsals and measuring. May use every floor; nothing includes it
 * but main. */
#ifndef LAB_H
#define LAB_H

#include "commands.h"

extern const struct command lab_commands[];
extern const size_t lab_command_count;

int command_simulate(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_rehearse(int argc, char **argv);
int command_battery(int argc, char **argv);

#endif
