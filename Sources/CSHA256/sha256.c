#include "CSHA256.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define SHA_INSTRUCTIONS __attribute__((target("sha,sse4.1,ssse3")))

static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

int csha256_is_available(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & (1u << 29))) return 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    return (c & (1u << 19)) && (c & (1u << 9));
}

// The order of the words that the instructions want: ABEF and CDGH.
typedef struct {
    __m128i abef, cdgh;
} words;

SHA_INSTRUCTIONS static inline words load(const uint32_t *state) {
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    words loaded = {_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};
    return loaded;
}

SHA_INSTRUCTIONS static inline void save(words from, uint32_t *state) {
    __m128i low = _mm_shuffle_epi32(from.abef, 0x1B);
    __m128i high = _mm_shuffle_epi32(from.cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

// Continues one or two hashes with the same 64-byte pieces. `both` is a constant wherever this is inlined.
SHA_INSTRUCTIONS static inline __attribute__((always_inline)) void compress(
    uint32_t *first, uint32_t *second, const uint8_t *bytes, size_t pieces, int both) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bULL, 0x0405060700010203ULL);
    words one = load(first);
    words two = both ? load(second) : one;
    for (; pieces > 0; pieces--, bytes += 64) {
        const words one_before = one, two_before = two;
        __m128i schedule[4];
#pragma clang loop unroll(full)
        for (int step = 0; step < 16; step++) {
            __m128i next;
            if (step < 4) {
                next = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + 16 * step)), swap);
            } else {
                const __m128i previous = schedule[(step + 3) & 3];
                next = _mm_sha256msg1_epu32(schedule[step & 3], schedule[(step + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(previous, schedule[(step + 2) & 3], 4));
                next = _mm_sha256msg2_epu32(next, previous);
            }
            schedule[step & 3] = next;
            __m128i message = _mm_add_epi32(next, _mm_load_si128((const __m128i *)(constants + 4 * step)));
            one.cdgh = _mm_sha256rnds2_epu32(one.cdgh, one.abef, message);
            if (both) two.cdgh = _mm_sha256rnds2_epu32(two.cdgh, two.abef, message);
            message = _mm_shuffle_epi32(message, 0x0E);
            one.abef = _mm_sha256rnds2_epu32(one.abef, one.cdgh, message);
            if (both) two.abef = _mm_sha256rnds2_epu32(two.abef, two.cdgh, message);
        }
        one.abef = _mm_add_epi32(one.abef, one_before.abef);
        one.cdgh = _mm_add_epi32(one.cdgh, one_before.cdgh);
        if (both) {
            two.abef = _mm_add_epi32(two.abef, two_before.abef);
            two.cdgh = _mm_add_epi32(two.cdgh, two_before.cdgh);
        }
    }
    save(one, first);
    if (both) save(two, second);
}

SHA_INSTRUCTIONS static void compress_one(uint32_t *state, const uint8_t *bytes, size_t pieces) {
    compress(state, state, bytes, pieces, 0);
}

SHA_INSTRUCTIONS static void compress_two(
    uint32_t *first, uint32_t *second, const uint8_t *bytes, size_t pieces) {
    compress(first, second, bytes, pieces, 1);
}

// Ends a hash: `count` bytes, fewer than 64, are left of `length`.
static void end(uint32_t *state, const uint8_t *rest, size_t count, uint64_t length, uint8_t *digest) {
    uint8_t last[128] = {0};
    if (count > 0) memcpy(last, rest, count);
    last[count] = 0x80;
    const size_t pieces = count < 56 ? 1 : 2;
    const uint64_t bits = __builtin_bswap64(length * 8);
    memcpy(last + 64 * pieces - 8, &bits, 8);
    compress_one(state, last, pieces);
    for (int word = 0; word < 8; word++) {
        const uint32_t value = __builtin_bswap32(state[word]);
        memcpy(digest + 4 * word, &value, 4);
    }
}

void csha256_begin(csha256_file *file) {
    memcpy(file->state, initial, sizeof initial);
    file->length = 0;
    file->carried = 0;
}

// The file alone, when its pieces of 64 bytes are not the block's.
static void add(csha256_file *file, const uint8_t *bytes, size_t count) {
    if (file->carried > 0) {
        const size_t taken = count < 64 - file->carried ? count : 64 - file->carried;
        memcpy(file->carry + file->carried, bytes, taken);
        file->carried += (uint32_t)taken;
        bytes += taken;
        count -= taken;
        if (file->carried < 64) return;
        compress_one(file->state, file->carry, 1);
        file->carried = 0;
    }
    compress_one(file->state, bytes, count / 64);
    file->carried = (uint32_t)(count % 64);
    if (file->carried > 0) memcpy(file->carry, bytes + count - file->carried, file->carried);
}

void csha256_add_block(csha256_file *file, const uint8_t *block, size_t count, uint8_t *digest) {
    uint32_t state[8];
    memcpy(state, initial, sizeof initial);
    const size_t pieces = count / 64;
    if (file->carried == 0) {
        compress_two(state, file->state, block, pieces);
        file->carried = (uint32_t)(count % 64);
        if (file->carried > 0) memcpy(file->carry, block + 64 * pieces, file->carried);
    } else {
        compress_one(state, block, pieces);
        add(file, block, count);
    }
    file->length += count;
    end(state, block + 64 * pieces, count % 64, count, digest);
}

void csha256_finish(csha256_file *file, uint8_t *digest) {
    end(file->state, file->carry, file->carried, file->length, digest);
}

#else

int csha256_is_available(void) { return 0; }
void csha256_begin(csha256_file *file) { (void)file; }
void csha256_add_block(csha256_file *file, const uint8_t *block, size_t count, uint8_t *digest) {
    (void)file, (void)block, (void)count, (void)digest;
}
void csha256_finish(csha256_file *file, uint8_t *digest) { (void)file, (void)digest; }

#endif
