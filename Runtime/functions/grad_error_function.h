#ifndef GRAD_ERROR_FUNCTION_H
#define GRAD_ERROR_FUNCTION_H
#include "grad_base.h"
#include "grad_double_double.h"
#include "grad_exponential.h"

/*
  erf, erfc, gelu.

  erf x = x + x E(x²) for |x| ≤ 1. Tails come from Φ(-x) = e^(-x²/2) M(x), Φ the normal distribution function, M smooth and of the
  size of 1 / x: erfc x = 2 Φ(-√2 x), gelu x = x Φ(x). The square in the exponent is kept in twice the precision, for its error would be
  multiplied by itself.
*/

/* M(x + x_low) = Φ(-x) e^(x²/2) for 0 ≤ x ≤ 40: a polynomial about the middle of each quarter of an octave of x + 2. A row holds the
   middle, the coefficients, and what the first of them lost in rounding. */
/* runtime: grad_mills_two_f64 requires grad_two_f64 grad_bits_f64 grad_fma_f64 grad_quick_two_sum_f64 */
static inline grad_two_f64 grad_mills_two_f64(double x, double x_low) {
  static const double table[18][17] = {
    {0x1p-2, 0x1.a7f808169e57p-2, -0x1.2e8651379bcf4p-2, 0x1.5c5673c8b7633p-3, -0x1.594f58fe06832p-4,
     0x1.312c88a8f6944p-5, -0x1.eb760ca7dcd5ep-7, 0x1.6df18a7df2eb7p-8, -0x1.fd64685bcead3p-10, 0x1.4e1b43fb5657fp-11,
     -0x1.9fab98fdef64ap-13, 0x1.ed00dd4ca94b3p-15, -0x1.17de58fe8bc42p-16, 0x1.3155902c9cdbdp-18, -0x1.45baecf66d05dp-20,
     0x1.4957e28981649p-22, 0x1.3218afcb0024dp-56},
    {0x1.8p-1, 0x1.3370237bca626p-2, -0x1.63e07140d7368p-3, 0x1.5bf7f206f35bep-4, -0x1.2c849dfda5453p-5,
     0x1.d68c6d8faac46p-7, -0x1.53aa0f1deff9fp-8, 0x1.c990dfdb40127p-10, -0x1.22234f02b8233p-11, 0x1.5cc3a23a65695p-13,
     -0x1.8f8bcf0312186p-15, 0x1.b628ae941c343p-17, -0x1.cda0051edff23p-19, 0x1.d4c7f3fc1c3bap-21, -0x1.d1f530ad72ceep-23,
     0x1.b96436bdf75c4p-25, 0x1.5b5f0ce7d3f91p-59},
    {0x1.4p0, 0x1.d898de09c6f19p-3, -0x1.c49321dc9c383p-4, 0x1.7b79d1bfca9dp-5, -0x1.1f33fe5ba772ap-6,
     0x1.8ff2a58d03eacp-8, -0x1.038d10ff572bbp-9, 0x1.3cf8a3e73c94ap-11, -0x1.6ed9fae9a4bc5p-13, 0x1.94a90afb8a197p-15,
     -0x1.ab5e83e28919bp-17, 0x1.b1c59ff9d84d2p-19, -0x1.a86f2ae56592p-21, 0x1.917e0ad63eb9bp-23, -0x1.74292bd479a56p-25,
     0x1.4a5b76857110bp-27, 0x1.d6ac5c06f94a1p-57},
    {0x1.cp0, 0x1.7b5abd2fd03adp-3, -0x1.3253b6cdb4c64p-4, 0x1.bd45f4ef48357p-6, -0x1.2962f462b87dp-7,
     0x1.721ebe31cd901p-9, -0x1.b17803c2fbb23p-11, 0x1.e145f6cbfebd2p-13, -0x1.fd83365ddd24dp-15, 0x1.025c8f023e74p-16,
     -0x1.f7e785f038a5fp-19, 0x1.da0622ebec5p-21, -0x1.af47f3c4ea41dp-23, 0x1.7c6e1137aa52fp-25, -0x1.493b132fad58ap-27,
     0x1.120512de5c0fap-29, 0x1.800e58a30a95fp-58},
    {0x1.4p1, 0x1.21725231700b8p-3, -0x1.75ab63fbbab51p-5, 0x1.bf399da0dad31p-7, -0x1.f6275d265f7d5p-9,
     0x1.0ac206d1be205p-10, -0x1.0dee210095017p-12, 0x1.057885d969b98p-14, -0x1.e6e83c5e0bff2p-17, 0x1.b53fcb0452dd4p-19,
     -0x1.7bc827a98b6f7p-21, 0x1.3fd1a9c240014p-23, -0x1.058941f81d78dp-25, 0x1.a09a7c5206c69p-28, -0x1.4e5b18b106717p-30,
     0x1.f8675dd482523p-33, 0x1.b05cc0a139a2ap-57},
    {0x1.cp1, 0x1.b396f9cf1e26p-4, -0x1.b6038a80903c9p-6, 0x1.a29f04f4ff87fp-8, -0x1.7e8220e1036cfp-10,
     0x1.4fb4a0c0720dfp-12, -0x1.1c0d0d8210aa2p-14, 0x1.d0dbc4f912d49p-17, -0x1.70cd45ecc0642p-19, 0x1.1c504f3cede3ep-21,
     -0x1.aac3c45986302p-24, 0x1.3855b041e64f3p-26, -0x1.be5497ba2627ep-29, 0x1.37f2fbc97459cp-31, -0x1.b62121393ec81p-34,
     0x1.24eafad9b766p-36, -0x1.1623e5171c02dp-61},
    {0x1.2p2, 0x1.5b5acd3b15fbbp-4, -0x1.1be2c5acaa9ddp-6, 0x1.bfbaed8d60a26p-9, -0x1.55bc008c2d6edp-11,
     0x1.fa3b677d6c237p-14, -0x1.6caa288a70722p-16, 0x1.ffea8a091abep-19, -0x1.5eaec4099b4c4p-21, 0x1.d597b5ad0a0a6p-24,
     -0x1.33afd16cf4717p-26, 0x1.8b06707321488p-29, -0x1.f146b0e52743bp-32, 0x1.334d916a28c7ap-34, -0x1.7ceb7dd02f422p-37,
     0x1.c5e723fb068d5p-40, 0x1.3b0a99787698cp-58},
    {0x1.6p2, 0x1.201fa9259b7acp-4, -0x1.8b195531b3873p-7, 0x1.07e3e93700dcfp-9, -0x1.57ff859618f98p-12,
     0x1.b643d5fcfb143p-15, -0x1.1138dc9ab6dc7p-17, 0x1.4dc8ce2c08d4dp-20, -0x1.8ff51a22121a5p-23, 0x1.d682617c60a28p-26,
     -0x1.0fefe860c39e3p-28, 0x1.351b634131a06p-31, -0x1.59b602015f153p-34, 0x1.7cc6cbbff341p-37, -0x1.a425a630de0ecp-40,
     0x1.c0f369ba3bd08p-43, 0x1.4a0060ed00bb1p-58},
    {0x1.cp2, 0x1.c9e120e488937p-5, -0x1.f7d59d52f902dp-8, 0x1.106373beeb10cp-10, -0x1.21a61d893bc38p-13,
     0x1.2f219e6d65cdfp-16, -0x1.386f587afc31ap-19, 0x1.3d57601f4b919p-22, -0x1.3dd14b113d486p-25, 0x1.3a01e82a9250fp-28,
     -0x1.32372181583c9p-31, 0x1.26dd369e5df41p-34, -0x1.1831286535128p-37, 0x1.076cffebe7359p-40, -0x1.01603407149c1p-43,
     0x1.d7e82e5460809p-47, -0x1.255fd5aaca31cp-59},
    {0x1.2p3, 0x1.66ccb7b9c0c57p-5, -0x1.37812312a1bc5p-8, 0x1.0b6e08995a324p-11, -0x1.c6399104b5e4p-15,
     0x1.7db4e0d67b05p-18, -0x1.3d8100f8c1ce2p-21, 0x1.057d529e50937p-24, -0x1.aa9292539c2b7p-28, 0x1.58ae00cd4a52ap-31,
     -0x1.13f7dc4fb5543p-34, 0x1.b5f96666da19dp-38, -0x1.585a2de44206bp-41, 0x1.0c976d8e331d5p-44, -0x1.ae35a026196a3p-48,
     0x1.49aaf86738b2dp-51, -0x1.6c7dc22e2d4dfp-59},
    {0x1.6p3, 0x1.26b4cfcccca6cp-5, -0x1.a5dac1d4ffde3p-9, 0x1.2b9aa2972f7f5p-12, -0x1.a65b0b8517d93p-16,
     0x1.27815575e312p-19, -0x1.9a8566b334f15p-23, 0x1.1b229239e3b3dp-26, -0x1.83d8f94ba7a9p-30, 0x1.07d66c286e87ep-33,
     -0x1.64906200a798bp-37, 0x1.deb9adfbda07fp-41, -0x1.3f38c313e71bdp-44, 0x1.a727a1dae5a6ap-48, -0x1.1dd9a9471c6ebp-51,
     0x1.76066ea4af1b8p-55, 0x1.984ab4df45138p-60},
    {0x1.ap3, 0x1.f3ddc25e8b10bp-6, -0x1.3012a83933bbbp-9, 0x1.6fdc4065bfebap-13, -0x1.ba914cd7eebeep-17,
     0x1.08c63ec9be089p-20, -0x1.3b1d7b35cd4dap-24, 0x1.750c7256d0c63p-28, -0x1.b7569d9265ae6p-32, 0x1.0161247d4ea4ep-35,
     -0x1.2c0ad6b931ed4p-39, 0x1.5c09988d73a57p-43, -0x1.91abdeaee2c71p-47, 0x1.cd667fb2499a5p-51, -0x1.0ccff4578cdcfp-54,
     0x1.31c024d26796ep-58, 0x1.7bc5725b6a8e3p-61},
    {0x1p4, 0x1.96f0812926ee8p-6, -0x1.93d2141c768e3p-10, 0x1.8f36865830295p-14, -0x1.892f416ccbbcdp-18,
     0x1.81d13ad8f6f74p-22, -0x1.793483f8e1d3p-26, 0x1.6f73d0451b1a6p-30, -0x1.64abf34abb1c3p-34, 0x1.58fb644aa9011p-38,
     -0x1.4c82c74567324p-42, 0x1.3f5ff80ac2218p-46, -0x1.3158998acab59p-50, 0x1.234b2088e863ap-54, -0x1.244124a9ae73ep-58,
     0x1.14ba4d6cb7549p-62, -0x1.55baee0fc74bp-60},
    {0x1.4p4, 0x1.4600a61e969bep-6, -0x1.03839707222fap-10, 0x1.9c2955abe0504p-15, -0x1.4680fd23fe4e7p-19,
     0x1.02064fb898964p-23, -0x1.96d6fee66dd74p-28, 0x1.3ffacd915bb53p-32, -0x1.f623fb2948ee6p-37, 0x1.891412aa1000bp-41,
     -0x1.32fd2940cbae9p-45, 0x1.de65e8c92dde3p-50, -0x1.73b6757a314b9p-54, 0x1.204f3137e347fp-58, -0x1.ce54555528175p-63,
     0x1.64db7a47d12d2p-67, 0x1.dcd6308431d5ep-63},
    {0x1.8p4, 0x1.0fdfccbc2d8dap-6, -0x1.694045fe213d6p-11, 0x1.df307b293f2d8p-16, -0x1.3d466a213ccebp-20,
     0x1.a36dfbb1faec5p-25, -0x1.14c557e6ab673p-29, 0x1.6ca7f2aba0e0ep-34, -0x1.dfa5a7dbbaf0fp-39, 0x1.3aed2c4acac77p-43,
     -0x1.9cddc93166194p-48, 0x1.0e2ffe2b35bd9p-52, -0x1.60f6d9abeac37p-57, 0x1.cc7804fdce5fap-62, -0x1.33792a5ea247ep-66,
     0x1.8fc2d2cbcae31p-71, -0x1.f46915212281cp-61},
    {0x1.cp4, 0x1.d2488076fa77fp-7, -0x1.09c5aa507836p-11, 0x1.2e966a281966fp-16, -0x1.5811e72d4feb9p-21,
     0x1.86bfe07378ab2p-26, -0x1.bb356d0513996p-31, 0x1.f6160a0645c44p-36, -0x1.1c0a5b4a74eccp-40, 0x1.40fa8ebcec80dp-45,
     -0x1.6a46726242235p-50, 0x1.9862484ce32d4p-55, -0x1.cbbc5ae0c4899p-60, 0x1.027e7e98c26b7p-64, -0x1.27c73a2de46c4p-69,
     0x1.4bc74191acfcep-74, -0x1.325a5421968afp-61},
    {0x1.1p5, 0x1.80279d9411b75p-7, -0x1.68ef3fc249187p-12, 0x1.52d3ab481ac01p-17, -0x1.3dcd0790e5853p-22,
     0x1.29d33e268df96p-27, -0x1.16de065962e7ap-32, 0x1.04e4f051122bcp-37, -0x1.e7bedd1f2d1c8p-43, 0x1.c789c7c01c732p-48,
     -0x1.a91a8461f2525p-53, 0x1.8c5d37bb1bd02p-58, -0x1.70dbf14f61fbdp-63, 0x1.575947f8ab091p-68, -0x1.50558a31e166ep-73,
     0x1.387ebea6751cap-78, -0x1.13368627bbdb3p-62},
    {0x1.5p5, 0x1.371327751d3edp-7, -0x1.d97b9c6814d9ap-13, 0x1.6823433e40026p-18, -0x1.11c588811dfcdp-23,
     0x1.a00029913e93ap-29, -0x1.3be1f614cabdp-34, 0x1.df7372cfa46bbp-40, -0x1.6ba7b29ba40e8p-45, 0x1.13ac02e751378p-50,
     -0x1.a1b829531ed8bp-56, 0x1.3c4d9e3e3bc8dp-61, -0x1.de87e74caa99ep-67, 0x1.69f2fd236bc4ap-72, -0x1.1b1463dadefe8p-77,
     0x1.abb8f1ed18501p-83, -0x1.49fcec87b8466p-62}};
  const double *row = table[(grad_bits_f64(x + 2.0) >> 50) - 0x1000u];
  double u = (x - row[0]) + x_low;
  double p = row[15];
  grad_two_f64 sum;
  p = grad_fma_f64(p, u, row[14]);
  p = grad_fma_f64(p, u, row[13]);
  p = grad_fma_f64(p, u, row[12]);
  p = grad_fma_f64(p, u, row[11]);
  p = grad_fma_f64(p, u, row[10]);
  p = grad_fma_f64(p, u, row[9]);
  p = grad_fma_f64(p, u, row[8]);
  p = grad_fma_f64(p, u, row[7]);
  p = grad_fma_f64(p, u, row[6]);
  p = grad_fma_f64(p, u, row[5]);
  p = grad_fma_f64(p, u, row[4]);
  p = grad_fma_f64(p, u, row[3]);
  p = grad_fma_f64(p, u, row[2]);
  sum = grad_quick_two_sum_f64(row[1], p * u);
  sum.low += row[16];
  return sum;
}
/* end */

/* erf(x) - x, divided by x, for x² = z ≤ 1. */
/* runtime: grad_erf_rest_f64 requires grad_fma_f64 */
static inline double grad_erf_rest_f64(double z) {
  double p = 0x1.06244fa074f7bp-34;
  p = grad_fma_f64(p, z, -0x1.38ab0b1ba0d73p-30);
  p = grad_fma_f64(p, z, 0x1.f7b945d7554d7p-27);
  p = grad_fma_f64(p, z, -0x1.5f1f391a16049p-23);
  p = grad_fma_f64(p, z, 0x1.b9df2f774a1bap-20);
  p = grad_fma_f64(p, z, -0x1.f4d1e4238c413p-17);
  p = grad_fma_f64(p, z, 0x1.f9a321e3dd0d5p-14);
  p = grad_fma_f64(p, z, -0x1.c02db3db424aep-11);
  p = grad_fma_f64(p, z, 0x1.565bcd0dbd6c3p-8);
  p = grad_fma_f64(p, z, -0x1.b82ce31284f29p-6);
  p = grad_fma_f64(p, z, 0x1.ce2f21a042b34p-4);
  p = grad_fma_f64(p, z, -0x1.812746b0379e6p-2);
  p = grad_fma_f64(p, z, 0x1.06eba8214db69p-3);
  return p;
}
/* end */

/* e^(-x²) M(√2 x) = erfc(x) / 2 for 0 ≤ x ≤ 28. */
/* runtime: grad_erfc_half_f64 requires grad_scaled_f64 grad_two_f64 grad_two_product_f64 grad_exp_scaled_f64 grad_mills_two_f64 grad_fma_f64 */
static inline grad_scaled_f64 grad_erfc_half_f64(double x) {
  grad_two_f64 square = grad_two_product_f64(x, x);
  grad_two_f64 argument = grad_two_product_f64(x, 0x1.6a09e667f3bcdp0);
  grad_scaled_f64 power = grad_exp_scaled_f64(-square.high, -square.low);
  grad_two_f64 mills = grad_mills_two_f64(argument.high, grad_fma_f64(x, -0x1.bdd3413b26456p-54, argument.low));
  grad_two_f64 product = grad_two_product_f64(power.high, mills.high);
  power.low = product.low + (power.low * mills.high + power.high * mills.low);
  power.high = product.high;
  return power;
}
/* end */

/* runtime: grad_erf_f64 requires grad_abs_f64 grad_scaled_f64 grad_erfc_half_f64 grad_copysign_f64 grad_scale_f64 grad_fma_f64 grad_erf_rest_f64 */
static inline double grad_erf_f64(double x) {
  double size = grad_abs_f64(x);
  grad_scaled_f64 half = grad_erfc_half_f64(size < 6.0 ? size : 6.0);
  double tail = grad_copysign_f64(1.0 - grad_scale_f64(half.high + half.low, half.exponent + 1), x);
  double middle = size > 1.0 ? 1.0 : x;
  middle = grad_fma_f64(middle, grad_erf_rest_f64(middle * middle), middle);
  return size > 1.0 ? tail : middle;
}
/* end */

/* runtime: grad_erfc_f64 requires grad_abs_f64 grad_scaled_f64 grad_erfc_half_f64 grad_scale_f64 grad_two_f64 grad_two_sum_f64 grad_erf_rest_f64 */
static inline double grad_erfc_f64(double x) {
  double size = grad_abs_f64(x);
  grad_scaled_f64 half = grad_erfc_half_f64(size < 28.0 ? size : 28.0);
  double tail = grad_scale_f64(half.high + half.low, half.exponent + 1);
  double middle = x < 0.5 && size <= 1.0 ? x : 0.0;
  grad_two_f64 sum = grad_two_sum_f64(1.0, -middle);
  middle = sum.high + (sum.low - middle * grad_erf_rest_f64(middle * middle));
  if (x < 0.0) tail = 2.0 - tail;
  if (x != x) return x;
  return x < 0.5 && size <= 1.0 ? middle : tail;
}
/* end */

/* x Φ(x); the limit -0 at -infinity. */
/* runtime: grad_gelu_f64 requires grad_abs_f64 grad_two_f64 grad_two_product_f64 grad_scaled_f64 grad_exp_scaled_f64 grad_mills_two_f64 grad_scale_f64 grad_quick_two_sum_f64 grad_fma_f64 grad_copysign_f64 */
static inline double grad_gelu_f64(double x) {
  double size = grad_abs_f64(x) < 40.0 ? grad_abs_f64(x) : 40.0;
  grad_two_f64 square = grad_two_product_f64(size, size);
  grad_scaled_f64 power = grad_exp_scaled_f64(-0.5 * square.high, -0.5 * square.low);
  grad_two_f64 mills = grad_mills_two_f64(size, 0.0);
  grad_two_f64 tail = grad_two_product_f64(power.high, mills.high);
  grad_two_f64 product, rest;
  double left, right;
  tail.low += power.low * mills.high + power.high * mills.low;
  product = grad_two_product_f64(-size, tail.high);
  left = grad_scale_f64(product.high + (product.low - size * tail.low), power.exponent);
  rest = grad_quick_two_sum_f64(1.0, -grad_scale_f64(tail.high, power.exponent));
  rest.low -= grad_scale_f64(tail.low, power.exponent);
  right = grad_fma_f64(size, rest.high, size * rest.low);
  if (x > 40.0 || x != x) return x;
  return grad_copysign_f64(x < 0.0 ? left : right, x);
}
/* end */

/* Φ(-x) for 0 ≤ x ≤ 16, with a relative error of 2^-30. */
/* runtime: grad_normal_tail_short_f64 requires grad_fma_f64 grad_exp_short_f64 */
static inline double grad_normal_tail_short_f64(double x) {
  double t = (x - 2.0) / (x + 2.0);
  double p = -0x1.ffcb7950b1409p-16;
  p = grad_fma_f64(p, t, -0x1.be56d3a37f941p-14);
  p = grad_fma_f64(p, t, -0x1.9dfddf48b3028p-15);
  p = grad_fma_f64(p, t, 0x1.84ee86bb53549p-12);
  p = grad_fma_f64(p, t, 0x1.b0d0ad7cf9176p-11);
  p = grad_fma_f64(p, t, -0x1.b1f28afa404ddp-16);
  p = grad_fma_f64(p, t, -0x1.bbb56ce6d614p-9);
  p = grad_fma_f64(p, t, -0x1.3ddf204f3e5fcp-8);
  p = grad_fma_f64(p, t, 0x1.5e30b6eab1b38p-7);
  p = grad_fma_f64(p, t, 0x1.1954e2cbe340dp-5);
  p = grad_fma_f64(p, t, -0x1.44a9799872ffbp-4);
  p = grad_fma_f64(p, t, -0x1.efcaa091a8053p-6);
  p = grad_fma_f64(p, t, 0x1.e1fb682665ab3p-2);
  return grad_exp_short_f64(-0.5 * x * x) * p / (x + 0.8);
}
/* end */

/* runtime: grad_erf_rest_short_f64 requires grad_fma_f64 */
static inline double grad_erf_rest_short_f64(double z) {
  double p = -0x1.44cc36116eb54p-17;
  p = grad_fma_f64(p, z, 0x1.d8b729cd67912p-14);
  p = grad_fma_f64(p, z, -0x1.bcd7a8c74df3cp-11);
  p = grad_fma_f64(p, z, 0x1.562b15ecd6319p-8);
  p = grad_fma_f64(p, z, -0x1.b829d8847506p-6);
  p = grad_fma_f64(p, z, 0x1.ce2f09a9a1f33p-4);
  p = grad_fma_f64(p, z, -0x1.81274668258ffp-2);
  p = grad_fma_f64(p, z, 0x1.06eba82031154p-3);
  return p;
}
/* end */

/* runtime: grad_erf_f32 requires grad_fma_f64 grad_erf_rest_short_f64 grad_normal_tail_short_f64 grad_clamp_f64 grad_abs_f64 grad_copysign_f32 */
static inline float grad_erf_f32(float x) {
  double wide = x;
  double tail;
  if (x != x) return x;
  if (wide >= -1.0 && wide <= 1.0) return (float)grad_fma_f64(wide, grad_erf_rest_short_f64(wide * wide), wide);
  tail = grad_normal_tail_short_f64(0x1.6a09e667f3bcdp0 * grad_clamp_f64(grad_abs_f64(wide), 0.0, 11.0));
  return grad_copysign_f32((float)(1.0 - 2.0 * tail), x);
}
/* end */

/* runtime: grad_erfc_f32 requires grad_normal_tail_short_f64 grad_clamp_f64 grad_abs_f64 */
static inline float grad_erfc_f32(float x) {
  double wide = x;
  double tail;
  if (x != x) return x;
  tail = 2.0 * grad_normal_tail_short_f64(0x1.6a09e667f3bcdp0 * grad_clamp_f64(grad_abs_f64(wide), 0.0, 11.0));
  return (float)(x < 0.0f ? 2.0 - tail : tail);
}
/* end */

/* runtime: grad_gelu_f32 requires grad_normal_tail_short_f64 grad_clamp_f64 grad_abs_f64 */
static inline float grad_gelu_f32(float x) {
  double least = x < -16.0f ? -16.0 : x;
  double tail = grad_normal_tail_short_f64(grad_clamp_f64(grad_abs_f64(least), 0.0, 16.0));
  return (float)(least * (x < 0.0f ? tail : 1.0 - tail));
}
/* end */
#endif
