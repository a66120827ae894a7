/* internal.h: the verbs of this room, a file each or a small family of them in one. */
#ifndef PUENTE_ADMIN_INTERNAL_H
#define PUENTE_ADMIN_INTERNAL_H

#include "puente.h"

extern const struct op admin_init, admin_doctor, admin_verify, admin_checkpoint, admin_key, admin_head,
    admin_prove, admin_verify_proof, admin_erase, admin_backup, admin_rebuild;

struct str admin_hex(struct arena *a, const uint8_t *p, size_t n);
struct str admin_id(struct arena *a, const uint8_t id[16]);

#endif
