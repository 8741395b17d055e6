/* Hides instruction sets from a process: what it asks of CPUID is answered without them.
 *
 * Linux can make CPUID fault (arch_prctl, ARCH_SET_CPUID). The handler lets the instruction through
 * and takes bits off its answer, so that every library of the process (engines, BLAS, code that is
 * made at run time) sees a processor with fewer instructions. INSTRUCTION_SET_LEVEL says how many
 * are left: 0 AVX2; 1 AVX2 and its VNNI, as on laptops; 2 AVX-512, 3 with VNNI, 4 with bfloat16;
 * 5 hides nothing.
 *
 * cc -O2 -shared -fPIC instruction_mask.c -o instruction_mask.so; then LD_PRELOAD it.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012
#define BIT(n) (1u << (n))

static int level = 5;

static void let_cpuid(unsigned long allowed) { syscall(SYS_arch_prctl, ARCH_SET_CPUID, allowed); }

/* Take off what the level does not have. The numbers are those of the maker's manual (CPUID). */
static void hide(uint32_t leaf, uint32_t subleaf, uint32_t *a, uint32_t *b, uint32_t *c,
                 uint32_t *d) {
    if (leaf == 7 && subleaf == 0) {
        if (level < 5) *d &= ~(BIT(22) | BIT(23) | BIT(24) | BIT(25)); /* AMX, AVX512_FP16 */
        if (level < 3) *c &= ~BIT(11);                                 /* AVX512_VNNI */
        if (level < 2) {
            *b &= ~(BIT(16) | BIT(17) | BIT(21) | BIT(28) | BIT(30) | BIT(31)); /* F DQ IFMA CD BW VL */
            *c &= ~(BIT(1) | BIT(6) | BIT(12) | BIT(14)); /* VBMI VBMI2 BITALG VPOPCNTDQ */
            *d &= ~BIT(8);                                /* VP2INTERSECT */
        }
    } else if (leaf == 7 && subleaf == 1) {
        if (level < 5) {
            *a &= ~BIT(21); /* AMX_FP16 */
            *d &= ~(BIT(8) | BIT(19)); /* AMX_COMPLEX, AVX10 */
        }
        if (level < 4) *a &= ~BIT(5); /* AVX512_BF16 */
        if (level == 0 || level == 2) {
            *a &= ~(BIT(4) | BIT(23)); /* AVX_VNNI, AVX_IFMA */
            *d &= ~(BIT(4) | BIT(5) | BIT(10)); /* AVX_VNNI_INT8, AVX_NE_CONVERT, AVX_VNNI_INT16 */
        }
    } else if ((leaf == 0x1d || leaf == 0x1e) && level < 5) { /* AMX tiles */
        *a = *b = *c = *d = 0;
    }
}

static void on_fault(int signal_number, siginfo_t *info, void *context) {
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)r[REG_RIP];
    (void)info;
    if (code == NULL || code[0] != 0x0f || code[1] != 0xa2) { /* another fault: as ever */
        signal(signal_number, SIG_DFL);
        return;
    }
    uint32_t a = (uint32_t)r[REG_RAX], b, c = (uint32_t)r[REG_RCX], d, leaf = a, subleaf = c;
    let_cpuid(1);
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    let_cpuid(0);
    hide(leaf, subleaf, &a, &b, &c, &d);
    r[REG_RAX] = a, r[REG_RBX] = b, r[REG_RCX] = c, r[REG_RDX] = d;
    r[REG_RIP] += 2;
}

__attribute__((constructor)) static void begin(void) {
    const char *text = getenv("INSTRUCTION_SET_LEVEL");
    level = text ? atoi(text) : 5;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    let_cpuid(0); /* threads inherit it */
}
