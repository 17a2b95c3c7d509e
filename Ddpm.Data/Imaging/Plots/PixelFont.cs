namespace Ddpm.Imaging;

/// <summary>A font of 5 x 8 dots for machines that have none: seven rows and one for descenders.</summary>
internal static class PixelFont
{
    internal const int Columns = 5, Rows = 8, Advance = 6;

    private const string Characters = " 0123456789.,-+:()/%=_*ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // Five columns a character; the lowest bit is the top row.
    private static readonly byte[] Dots = Convert.FromHexString(
        "0000000000" + "3E4141413E" + "00427F4000" + "6251494946" + "2241494936" + "1814127F10" + "2745454539" + "3C4A494930" + // space 0-6
        "0171090503" + "3649494936" + "064949291E" + "0060600000" + "00A0600000" + "0808080808" + "08083E0808" + "0036360000" + // 7-9 . , - + :
        "001C224100" + "0041221C00" + "2010080402" + "2313086462" + "1414141414" + "4040404040" + "14083E0814" +                // ( ) / % = _ *
        "7C1211127C" + "7F49494936" + "3E41414122" + "7F4141221C" + "7F49494941" + "7F09090901" + "3E4149497A" + "7F0808087F" + // A-H
        "00417F4100" + "204040403F" + "7F08142241" + "7F40404040" + "7F020C027F" + "7F0408107F" + "1C2241221C" + "7F09090906" + // I-P
        "3E4151215E" + "7F09192946" + "2649494932" + "01017F0101" + "3F4040403F" + "1F2040201F" + "3F4038403F" + "6314081463" + // Q-X
        "0304780403" + "6151494543" +                                                                                           // Y Z
        "2054545478" + "7F44444438" + "3844444428" + "384444447F" + "3854545418" + "087E090102" + "18A4A4A47C" + "7F04040478" + // a-h
        "00447D4000" + "4080847D00" + "7F10284400" + "00417F4000" + "7C04780478" + "7C04040478" + "3844444438" + "FC44444438" + // i-p
        "38444444FC" + "7C08040408" + "4854545424" + "043F444420" + "3C4040207C" + "1C2040201C" + "3C4030403C" + "4428102844" + // q-x
        "1CA0A0A07C" + "4464544C44");                                                                                           // y z

    // A character that the font lacks is an empty box.
    private static readonly byte[] Unknown = Convert.FromHexString("7F4141417F");

    internal static bool IsSet(char character, int column, int row)
    {
        var index = Characters.IndexOf(character, StringComparison.Ordinal);
        return (((index < 0 ? Unknown[column] : Dots[index * Columns + column]) >> row) & 1) != 0;
    }

    internal static int WidthOf(string text, int scale = 2) => Math.Max(text.Length * Advance - 1, 0) * scale;
}
