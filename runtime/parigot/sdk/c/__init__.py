"""The C SDK: parigot.h, parigot.c (which includes parts/), and the step after linking."""
