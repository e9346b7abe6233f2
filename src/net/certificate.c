/* net/certificate: when a certificate ends. Reads a file, speaks with nobody. */
#include "net_inside.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

bool net_certificate_end(const char *pem_file, int64_t *end_ms_out)
{
    FILE *f = fopen(pem_file, "re");
    X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    struct tm tm = {0};
    bool known = x && ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1;
    if (known) *end_ms_out = (int64_t)timegm(&tm) * 1000;
    X509_free(x);
    if (f) fclose(f);
    ERR_clear_error();
    return known;
}
