#include <isa-l/igzip_lib.h>
#include <stdint.h>
#include <stdlib.h>

// The stream's state has arrays that are too large for Swift to import, so it stays behind a pointer.
typedef struct {
    struct isal_zstream stream;
    uint8_t *level_buffer;
    uint32_t level_buffer_size;
    uint32_t level;
} dunnage_isal;

static inline void dunnage_isal_free(void *coder) {
    if (coder == NULL) return;
    free(((dunnage_isal *)coder)->level_buffer);
    free(coder);
}

// Room for 32 Ki tokens between two Huffman codes: more is no faster on small blocks, and adapts later.
static inline void *dunnage_isal_create(uint32_t level) {
    static const uint32_t sizes[] = {0, ISAL_DEF_LVL1_MEDIUM, ISAL_DEF_LVL2_MEDIUM, ISAL_DEF_LVL3_MEDIUM};
    dunnage_isal *coder = (dunnage_isal *)aligned_alloc(64, (sizeof(dunnage_isal) + 63) / 64 * 64);
    if (coder == NULL) return NULL;
    coder->level = level > 3 ? 3 : level;
    coder->level_buffer_size = sizes[coder->level];
    coder->level_buffer = NULL;
    if (coder->level_buffer_size > 0) {
        coder->level_buffer = (uint8_t *)aligned_alloc(64, (coder->level_buffer_size + 63) / 64 * 64);
        if (coder->level_buffer == NULL) {
            free(coder);
            return NULL;
        }
    }
    return coder;
}

static inline void dunnage_isal_set_level(dunnage_isal *coder) {
    coder->stream.level = coder->level;
    coder->stream.level_buf = coder->level_buffer;
    coder->stream.level_buf_size = coder->level_buffer_size;
}

// Returns the packed length, or 0 when it does not fit. With `fixed` codes, which only level 0 has, the output carries
// no code tables.
static inline size_t dunnage_isal_deflate(
    void *pointer, int fixed, const uint8_t *input, uint32_t count, uint8_t *output, uint32_t room) {
    dunnage_isal *coder = (dunnage_isal *)pointer;
    isal_deflate_stateless_init(&coder->stream);
    dunnage_isal_set_level(coder);
    if (fixed) isal_deflate_set_hufftables(&coder->stream, NULL, IGZIP_HUFFTABLE_STATIC);
    coder->stream.end_of_stream = 1;
    coder->stream.flush = NO_FLUSH;
    // ISA-L only reads from next_in.
    coder->stream.next_in = (uint8_t *)input;
    coder->stream.avail_in = count;
    coder->stream.next_out = output;
    coder->stream.avail_out = room;
    if (isal_deflate_stateless(&coder->stream) != COMP_OK || coder->stream.avail_in != 0) return 0;
    return coder->stream.total_out;
}

static inline void dunnage_isal_begin(void *pointer) {
    dunnage_isal *coder = (dunnage_isal *)pointer;
    isal_deflate_init(&coder->stream);
    dunnage_isal_set_level(coder);
}

static inline void dunnage_isal_feed(void *pointer, const uint8_t *input, uint32_t count, int is_last) {
    dunnage_isal *coder = (dunnage_isal *)pointer;
    coder->stream.next_in = (uint8_t *)input;
    coder->stream.avail_in = count;
    coder->stream.end_of_stream = (uint16_t)is_last;
    coder->stream.flush = NO_FLUSH;
}

// Packs what was fed, as far as there is room. Returns the bytes written, or a negative number when it failed; `more`
// says whether to call again.
static inline int64_t dunnage_isal_continue(void *pointer, uint8_t *output, uint32_t room, int *more) {
    dunnage_isal *coder = (dunnage_isal *)pointer;
    coder->stream.next_out = output;
    coder->stream.avail_out = room;
    int status = isal_deflate(&coder->stream);
    if (status != COMP_OK) return status < 0 ? status : -1;
    *more = coder->stream.end_of_stream ? coder->stream.internal_state.state != ZSTATE_END
                                        : coder->stream.avail_in != 0 || coder->stream.avail_out == 0;
    return (int64_t)(room - coder->stream.avail_out);
}
