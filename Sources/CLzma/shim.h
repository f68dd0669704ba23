#include <lzma.h>
#include <stdlib.h>

// A decoder of a bare LZMA stream. The filter's identifier is a macro that Swift cannot import, and the options are
// allocated by the library with malloc.
static inline lzma_ret dunnage_lzma_decoder(
    lzma_stream *stream, const uint8_t *properties, size_t length, uint32_t most_dictionary) {
    lzma_filter filters[2] = {{LZMA_FILTER_LZMA1, NULL}, {LZMA_VLI_UNKNOWN, NULL}};
    lzma_ret result = lzma_properties_decode(&filters[0], NULL, properties, length);
    if (result == LZMA_OK) {
        lzma_options_lzma *options = (lzma_options_lzma *)filters[0].options;
        if (options->dict_size > most_dictionary) options->dict_size = most_dictionary;
        result = lzma_raw_decoder(stream, filters);
    }
    free(filters[0].options);
    return result;
}
