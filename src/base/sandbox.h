/*
 * sandbox: after sandbox_enter a process can read, write and close what it already has open, manage its
 * memory and end; nothing else (seccomp-bpf). The parsers of untrusted bytes run behind it.
 */
#ifndef PUENTE_SANDBOX_H
#define PUENTE_SANDBOX_H

#include "base/base.h"

/* 0, or -1 when the kernel has no seccomp (err says so; the caller decides). Opening a file fails
 * (EACCES); any other system call afterwards kills the process. */
int sandbox_enter(struct err *e);

#endif
