/*
 * Marks a text that people read, for those who translate; who shows it looks the translation up.
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#define N_(text) (text)

#endif
