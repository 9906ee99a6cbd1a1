#if canImport(Glibc)
  import Glibc
#endif

extension NameTable {
  /// The identifier of an entry, which a program links: no function of the C library or of its systems either, whose callers it would
  /// take over, and none of its own arrays of arguments. `exp.gd` has the entry `exp_model`.
  static func entry(_ name: String) -> String {
    let result = identifier(name)
    return isOfLibrary(result) ? result + "_model" : result
  }

  private static func isOfLibrary(_ name: String) -> Bool {
    // A blank on each side of each word. <math.h> and <complex.h> have each function for three types.
    let mathematics: StaticString = """
      \u{20}acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma fmax fmin fmod \
      frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter nexttoward \
      pow remainder remquo rint round scalbln scalbn sin sinh sqrt tan tanh tgamma trunc cabs cacos carg casin catan ccos cexp cimag \
      clog conj cpow cproj creal csin csqrt ctan\u{20}
      """
    let others: StaticString = """
      \u{20}dims inputs outputs \
      abort abs aligned_alloc asctime at_quick_exit atexit atof atoi atol atoll bsearch calloc clearerr clock ctime difftime div errno \
      exit fclose feof ferror fflush fgetc fgetpos fgets fopen fprintf fputc fputs fread free freopen fscanf fseek fsetpos ftell fwrite \
      getc getchar getenv gets gmtime imaxabs imaxdiv isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace \
      isupper isxdigit labs ldiv llabs lldiv localeconv localtime longjmp malloc mblen mbrtowc mbstowcs mbtowc memchr memcmp memcpy \
      memmove memset mktime perror printf putc putchar puts qsort quick_exit raise rand realloc remove rename rewind scanf setbuf \
      setjmp setlocale setvbuf signal snprintf sprintf srand sscanf stderr stdin stdout strcat strchr strcmp strcoll strcpy strcspn \
      strerror strftime strlen strncat strncmp strncpy strpbrk strrchr strspn strstr strtod strtof strtok strtol strtold strtoll \
      strtoul strtoull strxfrm system time timespec_get tmpfile tmpnam tolower toupper ungetc vfprintf vprintf vscanf vsnprintf \
      vsprintf vsscanf wcscmp wcscpy wcslen wmemcpy \
      accept access alarm basename bcmp bcopy bind brk bzero chdir chmod chown chroot clone close closedir connect creat crypt daemon \
      dirname drem dup dup2 environ err error execl execv execve ffs fileno fork fsync ftruncate gamma getline getopt getpid getrandom \
      index ioctl isatty j0 j1 jn kill lfind link listen lockf lsearch lseek mkdir mmap mount mprotect munmap nice open opendir optarg \
      optind pause pipe poll popen prctl pread ptrace putenv pwrite random read readdir readlink readv reboot recv regcomp rindex \
      rmdir sbrk select send setenv sigaction signgam significand sleep socket splice srandom stat statfs stime strdup swab symlink \
      sync syscall sysinfo tdelete tee tfind timezone tsearch times truncate twalk tzset umask umount uname unlink usleep utime vfork \
      wait waitpid warn write writev y0 y1 yn\u{20}
      """
    func has(_ words: StaticString, _ name: some StringProtocol) -> Bool {
      words.withUTF8Buffer { strstr(UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self), " \(name) ") != nil }
    }
    let isTyped = name.hasSuffix("f") || name.hasSuffix("l")
    return has(others, name) || has(mathematics, name) || isTyped && has(mathematics, name.dropLast())
  }
}
