/* admin.c: the list of this room's verbs, and two ways to write bytes. */
#include "admin/admin.h"
#include "admin/internal.h"

static const struct op *const ops[] = {
    &admin_init,  &admin_doctor,       &admin_verify, &admin_head,   &admin_checkpoint, &admin_key,
    &admin_prove, &admin_verify_proof, &admin_erase,  &admin_backup, &admin_rebuild,    NULL,
};

const struct room admin_room = {.name = "admin", .ops = ops};

struct str admin_hex(struct arena *a, const uint8_t *p, size_t n)
{
    return hex_encode(a, str_n(p, n));
}

struct str admin_id(struct arena *a, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    return arena_copy(a, str_z(text));
}
